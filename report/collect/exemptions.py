"""Describes the exemptions of ``policies/exemptions.yaml`` that resources of a stack use.

The policy pack reads the same file in a process of its own, which loads the Pulumi SDK; a test compares what
both find for every shipped stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from ops.core.updater import Deployed
from report.schema import Exemption
from settings.stack_file import ROOT

FILE = Path("policies", "exemptions.yaml")
_WHOLE_STACK = "stack"


def exemptions(
    stack: str, deployed: Sequence[Deployed], today: date, *, production: bool, root: Path = ROOT
) -> Iterator[Exemption]:
    """The exemptions that apply to this stack and match one of its resources, the first to end first."""
    entries = yaml.safe_load((root / FILE).read_text("utf-8")) or []
    for entry in sorted(entries, key=lambda one: one["until"]):
        when = dict(entry.get("when") or {})
        if when.pop("production", production) != production or stack not in entry.get("stacks", [stack]):
            continue
        matched = tuple(one.name for one in deployed if _matches(entry["resource"], when, one))
        if entry["resource"] == _WHOLE_STACK:
            matched = ("the stack",)
        if matched:
            yield Exemption(
                rule=entry["rule"],
                resources=tuple(dict.fromkeys(matched)),
                reason=" ".join(entry["reason"].split()),
                owner=entry["owner"],
                until=entry["until"],
                days_left=(entry["until"] - today).days,
            )


def _matches(pattern: str, when: Mapping[str, Any], one: Deployed) -> bool:
    noun = one.type.rpartition(":")[2]
    named = fnmatchcase(one.name, pattern) or fnmatchcase(f"{noun}::{one.name}", pattern)
    return named and all(_text(_at(one.inputs, path)) == _text(value) for path, value in when.items())


def _at(inputs: Any, path: str) -> Any:
    """The value at a path of properties with dots; of a list of objects, in its first one."""
    for key in path.split("."):
        inputs = inputs[0] if isinstance(inputs, list) and inputs else inputs
        inputs = inputs.get(key) if isinstance(inputs, Mapping) else None
    return inputs


def _text(value: Any) -> str:
    """A value as an exemption writes it; of a list, how many it has."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        value = len(value)
    return "" if value is None else str(value).lower()
