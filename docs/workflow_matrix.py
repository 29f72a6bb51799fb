"""Writes the stacks of the workflow `infra.yml`: its matrices list every stack file, and production apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from settings import Settings, read_stack_file
from settings.stack_file import ROOT, stack_names

FILE = ROOT / ".github" / "workflows" / "infra.yml"
_SANDBOX = re.compile(r"(?<=matrix: \{stack: \[).*(?=\]\})")
_INCLUDED = re.compile(r"(strategy: &(\w+)\n(?:.*\n)*?        include:\n)(?:          - .*\n)+")


def text() -> str:
    """The workflow with the stacks that have a file now."""
    stacks = {name: read_stack_file(name) for name in stack_names()}
    groups = {
        "staging": [name for name, one in stacks.items() if not one.environment.production],
        "production": [name for name, one in stacks.items() if one.environment.production],
    }
    groups["every"] = [*groups["staging"], *groups["production"]]
    written = _SANDBOX.sub(", ".join(groups["every"]), FILE.read_text())
    return _INCLUDED.sub(lambda found: found[1] + _rows(groups[found[2]], stacks), written)


def _rows(names: Iterable[str], stacks: dict[str, Settings]) -> str:
    """A line for each stack whose pipeline has a GitHub environment."""
    return "".join(
        f"          - {{stack: {name}, environment: {delivery.environment}}}\n"
        for name in names
        if (delivery := stacks[name].delivery) is not None
    )
