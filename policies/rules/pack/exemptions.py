"""Reads and audits exemptions: an expired, unused or too wide one is reported as a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

FIELDS = frozenset({"rule", "resource", "stacks", "reason", "owner", "until"})
AT_MOST = "atMost"
LONGEST = timedelta(days=400)
"""The longest an exemption may run, so that each is reviewed about once a year."""
SHORTEST_REASON = 20
MOST_RESOURCES = 12
"""The most resources that one exemption may match in a stack, unless it says ``atMost``."""
LARGEST_AT_MOST = 60
"""The largest ``atMost``: a resource for each service of a large stack."""
FEWEST_LETTERS = 3
"""The least number of characters of a resource pattern besides wildcards."""


@dataclass(frozen=True)
class Exemption:
    """One rule disabled for some resources of some stacks, with a reason and an end date."""

    rule: str
    resource: str
    """A pattern for the resource's name, or for ``Type::name``, such as ``Bucket::audit-*``."""
    stacks: tuple[str, ...]
    reason: str
    owner: str
    until: date
    at_most: int = MOST_RESOURCES
    """The most resources of a stack that it may match: ``atMost`` in the file."""

    def covers(self, rule: str, urn: str, stack: str) -> bool:
        """Whether it exempts ``rule`` on the resource of this URN."""
        return rule == self.rule and self.applies(stack) and self.matches(urn)

    def applies(self, stack: str) -> bool:
        """Whether it lists this stack."""
        return stack in self.stacks

    def matches(self, urn: str) -> bool:
        """Whether its pattern matches the resource of this URN (``stack`` is the stack as a whole)."""
        if not urn:
            return self.resource == "stack"
        path, _, name = urn.rpartition("::")
        noun = path.rpartition(":")[2]
        return fnmatchcase(name, self.resource) or fnmatchcase(f"{noun}::{name}", self.resource)

    def problems(self, rules: Collection[str], today: date) -> Iterator[str]:
        """The problems of the exemption itself, regardless of the stack's resources."""
        if self.rule not in rules:
            yield "names a rule that does not exist"
        if len(self.resource.replace("*", "").replace("?", "")) < FEWEST_LETTERS:
            yield "is too wide: narrow its resource pattern"
        if len(self.reason) < SHORTEST_REASON:
            yield f"has a reason shorter than {SHORTEST_REASON} characters"
        if not 0 < self.at_most <= LARGEST_AT_MOST:
            yield f"has an atMost that is not between 1 and {LARGEST_AT_MOST}"
        if not self.owner:
            yield "has no owner"
        if self.until < today:
            yield "has expired"
        if self.until > today + LONGEST:
            yield f"runs for more than {LONGEST.days} days"


class Register:
    """The exemptions of one stack, with a record of those that were used."""

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
        """One message for each problem, with the resource pattern and the rule of the exemption."""
        for one in self.exemptions:
            if not one.applies(self.stack):
                continue
            problems = list(one.problems(rules, self.today))
            if not problems and one not in self._used:
                problems = ["is not used"]
            if len(self._used.get(one, ())) > one.at_most:
                problems.append(f"is too wide: it matches more than {one.at_most} resources")
            for problem in problems:
                yield f"the exemption of {one.resource} from {one.rule} {problem}"


def read(path: Path) -> list[Exemption]:
    """The exemptions in a YAML file; raises ValueError for an unknown or missing field."""
    return [_exemption(entry) for entry in yaml.safe_load(path.read_text("utf-8")) or []]


def _exemption(entry: dict[str, Any]) -> Exemption:
    if set(entry) - {AT_MOST} != FIELDS:
        raise ValueError(
            f"an exemption must have exactly the fields {', '.join(sorted(FIELDS))}, and may have {AT_MOST}"
        )
    if not isinstance(entry["until"], date):
        raise ValueError(f"exemption from {entry['rule']}: until must be a date (YYYY-MM-DD)")
    fields = {key: entry[key] for key in FIELDS}
    fields |= {"stacks": tuple(entry["stacks"]), "reason": " ".join(entry["reason"].split())}
    return Exemption(**fields, at_most=int(entry.get(AT_MOST, MOST_RESOURCES)))
