"""Describes what verification and the policy pack found, with the part that each finding is about."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ops.checks.verify.registry import REGISTRY
from ops.core import findings as live
from ops.core.updater import Deployed
from report.collect.parts import PartOf
from report.schema import Finding, Rule, Severity
from settings import Settings

_SUBJECTS = {
    "network": "network",
    "keys": "keys",
    "secrets": "secrets",
    "values": "secrets",
    "grants": "secrets",
    "parameters": "secrets",
    "database": "database",
    "rds": "database",
    "backup": "backup",
    "restore": "backup",
    "cache": "cache",
    "ecs": "containers",
    "host": "host",
    "leaks": "secrets",
    "alb": "edge",
    "edge": "edge",
    "waf": "edge",
    "logs": "monitoring",
    "alarms": "monitoring",
    "trail": "audit",
    "account": "audit",
    "detection": "audit",
}
"""First words of the slugs of checks, to the part that a check is about where its subject names none."""
_STACK, WHOLE_STACK = "the stack", ""
_SEVERITIES: dict[str, Severity] = {
    "critical": "critical",
    "high": "high",
    "medium": "medium",
    "low": "low",
}


@dataclass(frozen=True)
class PolicyRule:
    """A rule of the policy pack, as the engine lists it."""

    name: str
    description: str
    remedy: str
    severity: str


@dataclass(frozen=True)
class Violation:
    """A violation of a policy rule, as the engine reports it."""

    policy: str
    level: str
    message: str
    urn: str
    requirements: tuple[str, ...] = ()


class Findings:
    """Finds the part of every finding, by the resource or the subject that it names."""

    def __init__(self, settings: Settings, deployed: Sequence[Deployed]) -> None:
        self._part_of = PartOf(settings)
        self._names = {one.name for one in deployed}
        self._by_id = {text: one.name for one in deployed for text in _spellings(one)}

    def verified(self, found: Iterable[live.Finding]) -> Iterator[Finding]:
        """What the checks of the running stack found; each differs from the declaration, so none is low."""
        for one in found:
            yield Finding(
                source="verification",
                rule=one.check,
                severity="medium" if one.unanswered else "high",
                stops=True,
                part=self._of_subject(one.subject, one.check),
                subject=one.subject,
                problem=one.problem,
                remedy=one.remedy,
                requirements=one.requirements,
            )

    def violated(self, found: Iterable[Violation], rules: Iterable[PolicyRule]) -> Iterator[Finding]:
        """What the policy pack found in the declared resources."""
        known = {one.name: one for one in rules}
        for one in found:
            rule = known.get(one.policy)
            subject, problem = self._said(one, rule)
            yield Finding(
                source="policy",
                rule=one.policy,
                severity=_SEVERITIES.get(rule.severity if rule else "", "low"),
                stops=one.level != "advisory",
                part=self._part_of(subject) if subject in self._names else WHOLE_STACK,
                subject=subject,
                problem=problem,
                remedy=rule.remedy if rule else "",
                requirements=one.requirements,
            )

    def _said(self, one: Violation, rule: PolicyRule | None) -> tuple[str, str]:
        """The resource, and what is wrong with it: the last line of a message is ``NAME: PROBLEM; REMEDY``.

        Where the line has no problem, or none but the remedy, the problem is that the rule does not hold.
        """
        *before, last = one.message.strip().splitlines() or [""]
        name, _, what = last.partition(": ")
        subject = one.urn.rpartition("::")[2]
        if not one.urn and name in self._names:
            subject = name
        if name in (subject, _STACK):
            last = what
        if rule:
            last = last.removesuffix(rule.remedy).rstrip("; ")
        broken = rule.description if rule else " ".join(before)
        return (subject if subject in self._names else _STACK), last or f"does not hold: {broken}"

    def _of_subject(self, subject: str, check: str) -> str:
        name = self._by_id.get(subject, subject)
        if name in self._names:
            return self._part_of(name)
        words = check.removeprefix("attached-").split("-")
        return _SUBJECTS.get(words[0], WHOLE_STACK)


def rules(found: Sequence[Finding], pack: Iterable[PolicyRule]) -> Iterator[Rule]:
    """The checks and rules that findings are of, each once."""
    known = {one.name: one for one in pack}
    for one in {(one.source, one.rule): one for one in found}.values():
        if one.source == "policy":
            rule = known.get(one.rule)
            yield Rule(
                id=one.rule,
                source=one.source,
                sentence=rule.description if rule else "",
                remedy=rule.remedy if rule else "",
            )
        else:
            asked = REGISTRY.get(one.rule)
            said = inspect.getdoc(asked.ask) if asked else ""
            sentence = (said or "").partition("\n\n")[0].replace("\n", " ")
            yield Rule(id=one.rule, source=one.source, sentence=sentence)


def _spellings(one: Deployed) -> Iterator[str]:
    """The texts by which a check may name a resource: its ID, its AWS name, its ARN."""
    yield one.id
    for key in ("name", "identifier", "bucket", "alarmName", "replicationGroupId", "functionName"):
        if isinstance(given := one.inputs.get(key), str):
            yield given
