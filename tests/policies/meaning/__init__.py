"""Inputs whose meaning differs from their spelling, one file for each kind, as data.

An entry names a ``rule`` and either one resource (``type``, ``props``, ``expect``: found or silent) or a
``stack`` of resources by name, with ``needs`` (property to resources), of which the rule finds the ``found``
and not the ``silent``. ``!json`` makes the JSON text of what follows. ``config`` is the pack's configuration.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rules import ALL
from rules.pack.config import Configuration
from rules.pack.evaluator import Evaluator
from rules.pack.graph import Stack

from tests.policies.judge import Entry, assemble

_EVALUATOR = Evaluator(ALL)
NOTHING: Mapping[str, Any] = {}
"""The provider of these inputs: it names no account, as where the pack is used without configuration."""


@dataclass(frozen=True)
class Case:
    """Resources by name, and those on which one rule must speak or be silent."""

    id: str
    rule: str
    entries: Mapping[str, Entry]
    found: frozenset[str]
    silent: frozenset[str]
    config: Configuration

    def __str__(self) -> str:
        return f"{self.id}-{self.rule}"

    def spoken(self) -> set[str]:
        """The resources that the rule finds; all of them where it finds the stack as a whole."""
        return findings(self.entries, self.config)[self.rule]


def findings(entries: Mapping[str, Entry], config: Configuration) -> defaultdict[str, set[str]]:
    """The resources that each rule finds, as a preview does: each resource alone, then the stack."""
    resources = list(assemble(entries, NOTHING))
    evaluations = [_EVALUATOR.evaluate_resource(one, config) for one in resources]
    evaluations.append(_EVALUATOR.evaluate_stack(Stack(resources, config)))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for evaluation in evaluations:
        for rule, each in evaluation.findings.items():
            for finding in each:
                found[rule] |= {finding.urn.rpartition("::")[2]} if finding.urn else set(entries)
    return found


def cases(kind: str = "*") -> Iterator[Case]:
    """The cases of a kind (a file's name), or of every kind."""
    for path in sorted(Path(__file__).parent.glob(f"{kind}.yaml")):
        yield from (_case(entry) for entry in yaml.load(path.read_text("utf-8"), _Loader))


def kinds() -> list[str]:
    """The names of the files."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.yaml"))


class _Loader(yaml.SafeLoader):
    """Reads ``!json``."""


def _as_json(loader: _Loader, node: yaml.Node) -> str:
    read = loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping
    return json.dumps(read(node, deep=True))  # type: ignore[arg-type]


_Loader.add_constructor("!json", _as_json)


def _case(entry: Mapping[str, Any]) -> Case:
    if "stack" in entry:
        found, silent = entry.get("found", ()), entry.get("silent", ())
        stack = entry["stack"]
    else:
        found, silent = (["probe"], ()) if entry["expect"] == "found" else ((), ["probe"])
        stack = {"probe": {"type": entry["type"], "props": entry.get("props", {})}}
    return Case(
        id=entry["id"],
        rule=entry["rule"],
        entries={name: _entry(one) for name, one in stack.items()},
        found=frozenset(found),
        silent=frozenset(silent),
        config=Configuration(**entry.get("config", {})),
    )


def _entry(one: Mapping[str, Any]) -> Entry:
    needs = {key: tuple(names) for key, names in one.get("needs", {}).items()}
    return Entry(one["type"], one.get("props", {}), needs, protect=False)
