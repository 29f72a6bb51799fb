"""Arranges a report for the templates: by part, by severity, by reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from report.schema import (
    Alarm,
    Connection,
    Finding,
    Part,
    Reader,
    Report,
    Resource,
    Rule,
    Secret,
    Severity,
    Subnet,
)

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
TIERS = {
    "outside": "Outside the VPC",
    "public": "Public subnets",
    "private": "Private subnets",
    "isolated": "Isolated subnets",
    "regional": "Without a place in the network",
}
WHOLE_STACK = "the stack as a whole"


@dataclass(frozen=True)
class Group:
    """The findings of one rule."""

    rule: Rule
    findings: Sequence[Finding]

    @property
    def severity(self) -> Severity:
        """The severity of the rule's findings."""
        return self.findings[0].severity

    @property
    def remedies(self) -> list[str]:
        """What to do, each once."""
        return list(dict.fromkeys(one.remedy for one in self.findings))


class View:
    """A report with the questions that the templates ask of it."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._parts = {part.id: part for part in report.architecture.parts}

    def title(self, part: str) -> str:
        """What a part is called; an address block is its own name."""
        return self._parts[part].title if part in self._parts else part or WHOLE_STACK

    def is_part(self, part: str) -> bool:
        """Whether the page has details of it."""
        return part in self._parts

    def tiers(self, placed: bool) -> list[tuple[str, list[Part]]]:
        """The parts by the subnets they are in, from the Internet inwards; or those without a place."""
        shown = [tier for tier in TIERS if (tier != "regional") is placed]
        held = {tier: [part for part in self._parts.values() if part.tier == tier] for tier in shown}
        return [(TIERS[tier], parts) for tier, parts in held.items() if parts]

    @property
    def subnets(self) -> list[tuple[str, list[Subnet]]]:
        """The subnets by tier, from the Internet inwards."""
        known = self.report.architecture.subnets
        held = {tier: [one for one in known if one.tier == tier] for tier in TIERS}
        return [(TIERS[tier], some) for tier, some in held.items() if some]

    def findings(self, part: str) -> list[Finding]:
        """The findings about a part, the worst first."""
        return _worst_first(one for one in self.report.findings if one.part == part)

    def worst(self, part: str) -> str:
        """The worst severity of a part's findings; empty without one."""
        return next((one.severity for one in self.findings(part)), "")

    def alarms(self, part: str) -> list[Alarm]:
        """The alarms about a part."""
        return [one for one in self.report.alarms if one.watches == part]

    def resources(self, part: str) -> list[tuple[str, list[Resource]]]:
        """The resources of a part by type, types with many resources last."""
        held = sorted(
            (one for one in self.report.architecture.resources if one.part == part),
            key=lambda one: (one.type, one.name),
        )
        groups = [(type_, list(some)) for type_, some in groupby(held, key=lambda one: one.type)]
        return sorted(groups, key=lambda one: len(one[1]))

    def count(self, part: str) -> int:
        """How many resources a part has."""
        return sum(one.part == part for one in self.report.architecture.resources)

    def opened_by(self, part: str) -> list[Connection]:
        """The connections that a part opens."""
        return [one for one in self.report.architecture.connections if one.source == part]

    def accepted_by(self, part: str) -> list[Connection]:
        """The connections that a part accepts."""
        return [one for one in self.report.architecture.connections if one.target == part]

    def listens(self, part: str) -> str:
        """The ports that a part accepts connections on."""
        ports = sorted({one.port for one in self.accepted_by(part)})
        return ", ".join(map(str, ports))

    @cached_property
    def groups(self) -> list[Group]:
        """The findings by rule, the worst first, and those that stop an update before others."""
        rules = {(one.source, one.id): one for one in self.report.rules}
        held: dict[tuple[str, str], list[Finding]] = {}
        for one in _worst_first(self.report.findings):
            held.setdefault((one.source, one.rule), []).append(one)
        return [Group(rules[key], found) for key, found in held.items()]

    @cached_property
    def by_severity(self) -> list[tuple[Severity, list[Group]]]:
        """The groups of findings by severity."""
        return [
            (severity, [one for one in self.groups if one.severity == severity]) for severity in SEVERITIES
        ]

    @cached_property
    def severities(self) -> Counter[str]:
        """How many findings there are of each severity."""
        return Counter(one.severity for one in self.report.findings)

    @cached_property
    def readers(self) -> list[str]:
        """Everything that reads a secret, each once."""
        return list(dict.fromkeys(one.reader for secret in self.report.secrets for one in secret.readers))

    def access(self, secret: Secret, reader: str) -> list[Reader]:
        """How a reader gets a secret: at the start of a task, by API calls, both, or not at all."""
        return [one for one in secret.readers if one.reader == reader]

    @cached_property
    def stored(self) -> list[Secret]:
        """The secrets with a value of their own: rings and previous values change with the current one."""
        return [one for one in self.report.secrets if one.holds == "current" and one.changed]

    @cached_property
    def due(self) -> list[Secret]:
        """The secrets that are overdue or soon will be."""
        return [one for one in self.report.secrets if one.state in ("overdue", "due soon")]

    @cached_property
    def watched(self) -> list[tuple[str, list[Alarm]]]:
        """The alarms by the part that they are about, parts in the order of the architecture."""
        order = [*self._parts, *sorted({one.watches for one in self.report.alarms} - set(self._parts))]
        return [(part, some) for part in order if (some := self.alarms(part))]

    def hears(self, alarm: Alarm) -> str:
        """Who is notified by an alarm, by address."""
        told = {
            subscriber.endpoint
            for topic in self.report.topics
            if topic.name in alarm.topics
            for subscriber in topic.subscribers
        }
        return ", ".join(sorted(told)) or "nobody is subscribed"


def _worst_first(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), not one.stops, one.source))
