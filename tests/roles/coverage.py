"""Finds which statement and which action of a role's document each need depends on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from iam_documents import Document, Request, decide, document, like
from settings.names import Names
from tests.roles.needs import Need

Part = tuple[str, str]
"""The Sid of a statement, and one of its actions."""


@dataclass
class Coverage:
    """The parts of a document with the needs that they allow."""

    parts: list[Part]
    allowed_by: Mapping[Need, frozenset[Part]]

    def undetected(self) -> Iterator[str]:
        """Statements, and actions without a wildcard, whose removal would refuse no need."""
        statements = {sid for sid, _ in self.parts}
        for sid in sorted(statements):
            if not any({part[0] for part in parts} == {sid} for parts in self.allowed_by.values()):
                yield sid
        sole = {next(iter(parts)) for parts in self.allowed_by.values() if len(parts) == 1}
        yield from (
            f"{sid}: {action}"
            for sid, action in self.parts
            if (sid, action) not in sole and "*" not in action
        )

    def unused(self) -> Iterator[str]:
        """Actions, with or without a wildcard, that allow no need."""
        used = {part for parts in self.allowed_by.values() for part in parts}
        yield from (f"{sid}: {action}" for sid, action in self.parts if (sid, action) not in used)

    def narrower(self) -> dict[str, set[str]]:
        """The actions that needs ask for, by pattern with a wildcard."""
        found: dict[str, set[str]] = defaultdict(set)
        for need, parts in self.allowed_by.items():
            for sid, action in parts:
                if "*" in action:
                    found[f"{sid}: {action}"].add(need.action)
        return found


def coverage(names: Names, role: str, rights: Document, wanted: Collection[Need]) -> Coverage:
    """Evaluate each need against each statement with one action at a time."""
    single: list[tuple[Part, Document]] = []
    for statement in rights["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            single.append(((statement["Sid"], action), document({**statement, "Action": action})))
    allowed: dict[Need, frozenset[Part]] = {}
    for need in wanted:
        request = _request(names, role, need)
        found = {
            part
            for part, one in single
            if like(part[1], need.action, ignore_case=True) and decide([one], request) == "allowed"
        }
        allowed[need] = frozenset(found)
    return Coverage([part for part, _ in single], allowed)


def _request(names: Names, role: str, need: Need) -> Request:
    context: dict[str, Any] = {"aws:RequestedRegion": names.region, **dict(need.context)}
    return Request(need.action, need.resource, names.role_arn(role), context)
