"""Installs Prowler beside the project, runs it on an emulated account and reads its findings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.automation import binary
from sandbox.config import BadInput

VERSION = "5.46.0"
SERVICES = (
    *("accessanalyzer", "awslambda", "backup", "cloudtrail", "cloudwatch", "config", "ec2", "ecr", "ecs"),
    *("elasticache", "elbv2", "guardduty", "iam", "kms", "rds", "s3", "secretsmanager", "sns", "ssm", "vpc"),
    "wafv2",
)
"""The services of the stacks; Prowler has no checks for the others, or the sandbox does not emulate them."""


@dataclass(frozen=True, order=True)
class Failure:
    """One resource that fails one check."""

    check: str
    resource: str
    """Its ARN, or what Prowler names instead."""
    text: str


def ensure() -> Path:
    """The executable, installed into the cache the first time; BadInput where that fails."""
    path = binary.cached("prowler", VERSION)
    if not path.is_file():
        folder = path.parents[1]
        print(f"installing Prowler {VERSION} into {folder}: about 3 minutes", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(path.with_name("python")), "-m", "pip", "install", "--quiet", f"prowler=={VERSION}"]
        if subprocess.run(pip, stdout=sys.stderr, check=False).returncode:
            raise BadInput(f"`pip install prowler=={VERSION}` failed, see above")
    return path


def failures(prowler: Path, region: str, environment: Mapping[str, str]) -> list[Failure]:
    """What fails in the account that ``environment`` leads to; BadInput where Prowler itself fails."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(prowler), "aws", "--region", region, "--services", *SERVICES]
        command += ["--output-formats", "json-ocsf", "--output-directory", folder]
        command += ["--output-filename", "found", "--ignore-exit-code-3", "--no-banner", "--no-color"]
        # Nothing of the caller's own account: Prowler would scan that where it ignores the endpoint.
        others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        where = {**others, **environment}
        ran = subprocess.run(command, env=where, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
        found = Path(folder, "found.ocsf.json")
        if ran.returncode or not found.is_file():
            raise BadInput(f"prowler ended with {ran.returncode}, see above")
        return sorted(set(read(found.read_text())))


def read(text: str) -> Iterator[Failure]:
    """The failures in Prowler's JSON-OCSF output."""
    for one in json.loads(text):
        if one["status_code"] == "FAIL":
            resources = one.get("resources") or [{}]
            yield Failure(
                one["metadata"]["event_code"], str(resources[0].get("uid", "account")), one["status_detail"]
            )
