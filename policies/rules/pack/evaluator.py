"""Judges a resource or a stack once for all rules, and keeps what could not be judged yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pulumi_policy.proxy import UnknownValueError

from rules.pack.config import Configuration
from rules.pack.exemptions import Register
from rules.pack.graph import Stack
from rules.pack.rule import EVERY_TYPE, Resource, ResourceRule, Rule, StackRule

AUDIT = "own-exemption-audit"
WHOLE_STACK = ""
"""The URN of a finding that is about no resource in particular."""


@dataclass(frozen=True)
class Finding:
    """One broken rule on one resource, in words that hold no value of the resource."""

    rule: str
    urn: str
    message: str


@dataclass
class Verdict:
    """All that was found in one request."""

    findings: dict[str, list[Finding]] = field(default_factory=dict)
    unjudged: set[tuple[str, str]] = field(default_factory=set)
    """Pairs (rule, URN) that wait for a value known only after the update."""


class Court:
    """The rules of a pack, sorted by the type they judge."""

    def __init__(self, rules: Iterable[Rule], register: Register | None = None) -> None:
        self.rules = tuple(rules)
        self.register = register or Register()
        self.open: dict[str, set[str]] = {}
        """Resources with rules that wait for a value, over all requests so far."""
        self._of_type: defaultdict[str, list[ResourceRule]] = defaultdict(list)
        self._of_any: list[ResourceRule] = []
        self._of_stack: list[StackRule] = []
        for rule in self.rules:
            if isinstance(rule, StackRule):
                self._of_stack.append(rule)
            elif isinstance(rule, ResourceRule):
                for type_ in rule.types:
                    self._of_type[type_].append(rule)
                if not rule.types:
                    self._of_any.append(rule)

    def try_resource(self, one: Resource, config: Configuration, only: Rule | None = None) -> Verdict:
        """Judge one resource before it is created."""
        verdict = Verdict()
        for rule in (*self._of_type.get(one.type, ()), *self._of_any):
            if only in (None, rule):
                self._hear(verdict, rule, one, lambda rule=rule: rule.finds(one, config))
        if only is None:
            self.open[one.urn] = {rule for rule, _ in verdict.unjudged}
        return verdict

    def try_stack(self, stack: Stack, only: Rule | None = None) -> Verdict:
        """Judge all resources together."""
        verdict = Verdict()
        for rule in self._of_stack:
            if only not in (None, rule):
                continue
            subjects: Sequence[Resource | None] = stack.all(*sorted(rule.types)) if rule.types else (None,)
            if EVERY_TYPE in rule.types:
                subjects = stack.resources
            for one in subjects:
                self._hear(verdict, rule, one, lambda rule=rule, one=one: rule.finds(one, stack))
        if only is None:
            for name, urn in verdict.unjudged:
                self.open.setdefault(urn, set()).add(name)
            for fault in self.register.faults({rule.name for rule in self.rules}):
                verdict.findings.setdefault(AUDIT, []).append(Finding(AUDIT, WHOLE_STACK, fault))
        return verdict

    def _hear(
        self, verdict: Verdict, rule: Rule, one: Resource | None, finds: Callable[[], Iterable[str]]
    ) -> None:
        urn = one.urn if one else WHOLE_STACK
        try:
            for detail in finds():
                if not self.register.excuses(rule.name, urn):
                    message = _message(rule, one, detail)
                    verdict.findings.setdefault(rule.name, []).append(Finding(rule.name, urn, message))
        except UnknownValueError:
            verdict.unjudged.add((rule.name, urn))


def _message(rule: Rule, one: Resource | None, detail: str) -> str:
    subject = one.name if one else "the stack"
    return f"{subject}: {detail}; {rule.fix}" if detail else f"{subject}: {rule.fix}"
