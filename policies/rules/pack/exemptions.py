"""Reads and audits exemptions: an expired, unused or too wide one is reported as a finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from pulumi_policy.proxy import UnknownValueError

from rules.pack.properties import Props, part
from rules.pack.rule import Resource

FIELDS = frozenset({"rule", "resource", "reason", "owner", "until"})
WHEN, STACKS, AT_MOST = "when", "stacks", "atMost"
OPTIONAL = frozenset({WHEN, STACKS, AT_MOST})
PRODUCTION = "production"
"""The key of ``when`` that is about the stack; every other is a property of the resource."""
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
    """One rule disabled for some resources, under a condition, with a reason and an end date."""

    rule: str
    resource: str
    """A pattern for the resource's name, or for ``Type::name``, such as ``Bucket::audit-*``."""
    reason: str
    owner: str
    until: date
    stacks: tuple[str, ...] = ()
    """The only stacks that it is for; empty for every stack that has the resource."""
    when: tuple[tuple[str, str], ...] = ()
    """Values that properties of the resource must have (a path with dots), or ``production`` the stack."""
    at_most: int = MOST_RESOURCES
    """The most resources of a stack that it may match: ``atMost`` in the file."""

    def applies(self, stack: str, *, production: bool) -> bool:
        """Whether it is for this stack."""
        wanted = dict(self.when).get(PRODUCTION, _said(production))
        return (not self.stacks or stack in self.stacks) and wanted == _said(production)

    def holds(self, one: Resource | None) -> bool:
        """Whether the resource has the values that it is for; the stack as a whole has no properties."""
        asked = [(path, value) for path, value in self.when if path != PRODUCTION]
        return all(one is not None and _value(one.props, path) == value for path, value in asked)

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
        self,
        exemptions: Sequence[Exemption] = (),
        *,
        stack: str = "",
        production: bool = True,
        today: date | None = None,
    ) -> None:
        self.exemptions = [one for one in exemptions if one.applies(stack, production=production)]
        self.today = today or date.today()
        self._used: dict[Exemption, set[str]] = {}
        self._of_rule: defaultdict[str, list[Exemption]] = defaultdict(list)
        for one in self.exemptions:
            self._of_rule[one.rule].append(one)

    def exempts(self, rule: str, urn: str, one: Resource | None = None) -> bool:
        """Whether a finding is exempted; an expired exemption exempts nothing."""
        for exemption in self._of_rule.get(rule, ()):
            if exemption.until >= self.today and exemption.matches(urn) and exemption.holds(one):
                self._used.setdefault(exemption, set()).add(urn)
                return True
        return False

    def problems(self, rules: Collection[str], resources: Iterable[Resource] = ()) -> Iterator[str]:
        """One message for each problem of an exemption whose resource the stack has."""
        subjects: list[tuple[str, Resource | None]] = [("", None), *((one.urn, one) for one in resources)]
        for one in self.exemptions:
            relevant = any(one.matches(urn) and _holds(one, subject) for urn, subject in subjects)
            if one.rule in rules and not relevant:
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
    if set(entry) - OPTIONAL != FIELDS:
        raise ValueError(
            f"an exemption must have exactly the fields {', '.join(sorted(FIELDS))},"
            f" and may have {', '.join(sorted(OPTIONAL))}"
        )
    if not isinstance(entry["until"], date):
        raise ValueError(f"exemption from {entry['rule']}: until must be a date (YYYY-MM-DD)")
    fields: dict[str, Any] = {key: entry[key] for key in FIELDS}
    fields["reason"] = " ".join(entry["reason"].split())
    return Exemption(
        **fields,
        stacks=tuple(entry.get(STACKS, ())),
        when=tuple((str(path), _said(value)) for path, value in (entry.get(WHEN) or {}).items()),
        at_most=int(entry.get(AT_MOST, MOST_RESOURCES)),
    )


def _holds(one: Exemption, subject: Resource | None) -> bool:
    """Whether a condition holds, or may hold once a value is known."""
    try:
        return one.holds(subject)
    except UnknownValueError:
        return True


def _value(props: Props, path: str) -> str:
    """The value at a path of properties, as an exemption writes it."""
    outer, _, inner = path.partition(".")
    return _value(part(props, outer), inner) if inner else _said(props.get(outer))


def _said(value: Any) -> str:
    """A value as text: numbers without a fraction, words in lower case, of a list how many it has."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = len(value)
    return "" if value is None else str(value).lower()
