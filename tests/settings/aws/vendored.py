"""Makes the tables of settings/aws/ from botocore and cfn-lint: ``python -m tests.settings.aws.vendored``."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3

from settings.aws.instance_types import TABLE

_SIZES = ("nano", "micro", "small", "medium", "large", "xlarge")
_WITHOUT_UBUNTU = ("mac",)
EXTENSIONS = "data/schemas/extensions"


def cfn_lint(path: str) -> Any:
    """One JSON file of cfn-lint."""
    found = find_spec("cfnlint")
    assert found is not None
    assert found.origin is not None
    return json.loads((Path(found.origin).parent / path).read_text())


def retention_days() -> tuple[int, ...]:
    """The numbers of days in CloudFormation's schema of a log group."""
    providers = cfn_lint("data/schemas/providers/us-east-1.json")
    name = providers["AWS::Logs::LogGroup"]
    schema = cfn_lint(f"data/schemas/resources/{name}.json")
    return tuple(schema["properties"]["RetentionInDays"]["enum"])


def postgresql_versions() -> set[str]:
    """The versions of PostgreSQL that RDS has or had."""
    rows = cfn_lint(f"{EXTENSIONS}/aws_rds_dbinstance/engine_version.json")["allOf"]
    return {
        number
        for row in rows
        if row["if"]["properties"]["Engine"].get("const") == "postgres"
        for number in row["then"]["properties"]["EngineVersion"]["enum"]
    }


def types() -> dict[str, set[str]]:
    """Every type, by service."""
    shape: Any = boto3.client("ec2", region_name="us-east-1").meta.service_model.shape_for("InstanceType")
    ec2 = {name for name in shape.enum if not name.startswith(_WITHOUT_UBUNTU)}
    return {"ec2": ec2, "db": set(_databases()), "cache": set(_nodes())}


def table() -> list[str]:
    """The rows of the table: service, family, sizes."""
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, names in types().items():
        for name in names:
            family, _, size = name.removeprefix(f"{kind}.").partition(".")
            rows[kind, family].append(size)
    return [
        f"{kind}\t{family}\t{','.join(sorted(sizes, key=_order))}"
        for (kind, family), sizes in sorted(rows.items())
    ]


def _databases() -> Iterator[str]:
    for region in _regions(f"{EXTENSIONS}/aws_rds_dbinstance/dbinstanceclass_enum.json"):
        for row in region["allOf"]:
            if row["if"]["properties"].get("Engine", {}).get("const") == "postgres":
                yield from row["then"]["properties"]["DBInstanceClass"]["enum"]


def _nodes() -> Iterator[str]:
    for region in _regions(f"{EXTENSIONS}/aws_elasticache_cachecluster/cachenodetype_enum.json"):
        yield from region["enum"]


def _regions(path: str) -> Iterable[dict[str, Any]]:
    """The entries of all regions; a text names the region that has the same."""
    return (entry for entry in cfn_lint(path).values() if isinstance(entry, dict))


def _order(size: str) -> tuple[int, int, str]:
    digits = "".join(char for char in size.partition("xlarge")[0] if char.isdigit())
    return (_SIZES.index(size) if size in _SIZES else len(_SIZES), int(digits or 0), size)


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tests.settings.aws.vendored", description=__doc__).parse_args()
    made = f"botocore {version('botocore')}, cfn-lint {version('cfn-lint')}, {datetime.now(UTC):%Y-%m-%d}"
    TABLE.write_text("\n".join([f"# From {made}: service, family, sizes", *table()]) + "\n")
