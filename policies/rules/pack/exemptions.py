"""Exemptions are few, named, reasoned and dated: what is expired, unused or too wide is itself a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

FIELDS = frozenset({"rule", "resource", "stacks", "reason", "owner", "until"})
LONGEST = timedelta(days=400)
"""Somebody looks at every exemption about once a year."""
SHORTEST_REASON = 20
MOST_RESOURCES = 12
"""An exemption that covers more is a rule we do not mean."""
FEWEST_LETTERS = 3
"""What a resource pattern spells out beyond its wildcards, at the least."""


@dataclass(frozen=True)
class Exemption:
    """One rule switched off for some resources of some stacks, for a reason, for a time."""

    rule: str
    resource: str
    """A pattern for the resource's own name, or for ``Type::name`` (a type's noun)."""
    stacks: tuple[str, ...]
    reason: str
    owner: str
    until: date

    def covers(self, rule: str, urn: str, stack: str) -> bool:
        """Whether it exempts ``rule`` on the resource of this URN."""
        return rule == self.rule and self.applies(stack) and self.matches(urn)

    def applies(self, stack: str) -> bool:
        """Whether it is meant for this stack."""
        return stack in self.stacks

    def matches(self, urn: str) -> bool:
        """Whether it names the resource of this URN (``stack`` names the stack as a whole)."""
        if not urn:
            return self.resource == "stack"
        path, _, name = urn.rpartition("::")
        noun = path.rpartition(":")[2]
        return fnmatchcase(name, self.resource) or fnmatchcase(f"{noun}::{name}", self.resource)

    def problems(self, rules: Collection[str], today: date) -> Iterator[str]:
        """What is wrong with it whatever the stack holds."""
        if self.rule not in rules:
            yield "names no rule"
        if len(self.resource.replace("*", "").replace("?", "")) < FEWEST_LETTERS:
            yield "is too wide"
        if len(self.reason) < SHORTEST_REASON:
            yield "gives no reason worth the name"
        if not self.owner:
            yield "has no owner"
        if self.until < today:
            yield "has expired"
        if self.until > today + LONGEST:
            yield "runs for more than a year"


class Register:
    """The exemptions of one stack, and which of them were needed."""

    def __init__(
        self, exemptions: Sequence[Exemption] = (), *, stack: str = "", today: date | None = None
    ) -> None:
        self.exemptions = exemptions
        self.stack = stack
        self.today = today or date.today()
        self._used: dict[Exemption, set[str]] = {}

    def exempts(self, rule: str, urn: str) -> bool:
        """Whether a finding is exempted; an expired exemption exempts nothing."""
        for one in self.exemptions:
            if one.covers(rule, urn, self.stack) and one.until >= self.today:
                self._used.setdefault(one, set()).add(urn)
                return True
        return False

    def problems(self, rules: Collection[str]) -> Iterator[str]:
        """Every problem, in words that name the exemption by rule and pattern."""
        for one in self.exemptions:
            if not one.applies(self.stack):
                continue
            problems = list(one.problems(rules, self.today))
            if not problems and one not in self._used:
                problems = ["is not needed any more"]
            if len(self._used.get(one, ())) > MOST_RESOURCES:
                problems.append("is too wide")
            for problem in problems:
                yield f"the exemption of {one.resource} from {one.rule} {problem}"


def read(path: Path) -> list[Exemption]:
    """The exemptions in a YAML file; an unknown or missing field stops the pack."""
    return [_exemption(entry) for entry in yaml.safe_load(path.read_text("utf-8")) or []]


def _exemption(entry: dict[str, Any]) -> Exemption:
    if set(entry) != FIELDS:
        raise ValueError(f"an exemption has exactly the fields {', '.join(sorted(FIELDS))}")
    if not isinstance(entry["until"], date):
        raise ValueError(f"exemption from {entry['rule']}: until is a date (YYYY-MM-DD)")
    return Exemption(
        **{**entry, "stacks": tuple(entry["stacks"]), "reason": " ".join(entry["reason"].split())}
    )
