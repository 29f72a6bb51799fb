"""Prints the stacks that have a file as JSON lists, for the matrices of a workflow."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from exit_codes import Exit
from settings import SettingsError, read_stack_file
from settings.stack_file import ROOT, stack_names


def matrices(root: Path = ROOT) -> dict[str, list[dict[str, str]]]:
    """Stacks with the GitHub environment of their pipeline: all of them, and those of each kind.

    A stack without ``delivery`` is not updated by the workflow.
    """
    found: dict[str, list[dict[str, str]]] = {"all": [], "staging": [], "production": []}
    for stack in stack_names(root):
        settings = read_stack_file(stack, root)
        if settings.delivery is not None:
            row = {"stack": stack, "environment": settings.delivery.environment}
            kind = "production" if settings.environment.production else "staging"
            found["all"].append(row)
            found[kind].append(row)
    return found


def main() -> int:
    """Print ``name=JSON`` lines in the format of GITHUB_OUTPUT."""
    argparse.ArgumentParser(prog="python -m ops.ci.stacks", description=__doc__).parse_args()
    try:
        lists: dict[str, object] = {"stacks": stack_names(), **matrices()}
    except SettingsError as error:
        print(error, file=sys.stderr)
        return Exit.BAD_INPUT
    for name, rows in lists.items():
        print(f"{name}={json.dumps(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
