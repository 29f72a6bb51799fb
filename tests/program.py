"""Runs the real ``__main__.py`` of a shipped stack on the recording engine, once per stack and session."""

from __future__ import annotations

import json
import runpy
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pulumi
import yaml

from settings import Settings, read_stack_file
from tests.harness import ACCOUNT, Deployment, deploy

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "cli",
    "components",
    "deploy",
    "encryption_keys",
    "functions",
    "iam_documents",
    "ops",
    "platforms",
    "policies",
    "report",
    "sandbox",
    "settings",
)
"""The folders of the program and its commands."""
STACKS = tuple(sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")))
CONTAINER_STACKS = tuple(stack for stack in STACKS if read_stack_file(stack).containers)
ZONES = ("a", "b", "c")


def lookups(settings: Settings) -> dict[str, dict[str, Any]]:
    """The responses to the program's lookups."""
    region = settings.region
    return {
        "aws:index/getCallerIdentity:getCallerIdentity": {
            "accountId": settings.account_id,
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{settings.names.update_role}/test",
        },
        "aws:index/getAvailabilityZones:getAvailabilityZones": {
            "names": [f"{region}{letter}" for letter in ZONES],
            "zoneIds": [f"zone1-az{number}" for number, _ in enumerate(ZONES, 1)],
        },
        "aws:ec2/getManagedPrefixList:getManagedPrefixList": {"id": "pl-s3"},
        "aws:ssm/getParameter:getParameter": {"value": "ami-0123456789abcdef0"},
        "aws:ec2/getAmi:getAmi": {"id": "ami-0123456789abcdef0"},
        "aws:resourcegroupstaggingapi/getResources:getResources": {"resourceTagMappingLists": []},
        "aws:ssm/getParametersByPath:getParametersByPath": {"names": [], "values": []},
    }


def config_of(stack: str, overrides: Mapping[str, Any] | None = None, folder: Path = ROOT) -> dict[str, str]:
    """A stack file's configuration as the engine passes it: objects as JSON text."""
    document = yaml.safe_load((folder / f"Pulumi.{stack}.yaml").read_text())
    samples = {"strongroom:values": sample_values(stack, folder)}
    merged = _merge(_merge(document["config"], samples), dict(overrides or {}))
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in merged.items()}


def sample_values(stack: str, folder: Path = ROOT) -> dict[str, str]:
    """A value for each secret that an operator would supply."""
    return {
        key: f"sample-of-{key}-for-tests-only"
        for key, secret in read_stack_file(stack, folder).secrets.items()
        if not secret.generated and secret.kind != "postgres-url" and secret.required
    }


def run_program(
    stack: str, overrides: Mapping[str, Any] | None = None, *, preview: bool = False, folder: Path = ROOT
) -> Deployment:
    """Everything the program of one stack declares; ``folder`` has its file."""
    settings = read_stack_file(stack, folder)

    def program() -> None:
        config = config_of(stack, overrides, folder)
        secret = [key for key in config if key == "strongroom:values"]
        pulumi.runtime.set_all_config(config, secret)
        with (
            mock.patch.dict("os.environ", STRONGROOM_SANDBOX="1"),
            mock.patch.object(pulumi, "get_stack", return_value=stack),
        ):
            runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    return deploy(program, preview=preview, lookups=lookups(settings))


@cache
def shipped(stack: str) -> Deployment:
    """The shipped stack, unchanged."""
    return run_program(stack)


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged
