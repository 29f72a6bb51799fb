"""Evaluates all rules on a resource or a stack, and records rules that wait for unknown values."""

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
"""The URN of a finding about the stack as a whole."""


@dataclass(frozen=True)
class Finding:
    """One violation of a rule by one resource; the message contains no property value."""

    rule: str
    urn: str
    message: str


@dataclass
class Evaluation:
    """The findings of one request."""

    findings: dict[str, list[Finding]] = field(default_factory=dict)
    unevaluated: set[tuple[str, str]] = field(default_factory=set)
    """Pairs (rule, URN) that wait for a value that is known only after the update."""


class Evaluator:
    """The rules of a pack, indexed by resource type."""

    def __init__(self, rules: Iterable[Rule], register: Register | None = None) -> None:
        self.rules = tuple(rules)
        self.register = register or Register()
        self.open: dict[str, set[str]] = {}
        """The rules that wait for a value, by the URN of the resource, over all requests so far."""
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

    def evaluate_resource(self, one: Resource, config: Configuration, only: Rule | None = None) -> Evaluation:
        """Evaluate the resource rules on one resource, before it is created."""
        evaluation = Evaluation()
        for rule in (*self._of_type.get(one.type, ()), *self._of_any):
            if only in (None, rule):
                self._evaluate(evaluation, rule, one, lambda rule=rule: rule.finds(one, config))
        if only is None:
            self.open[one.urn] = {rule for rule, _ in evaluation.unevaluated}
        return evaluation

    def evaluate_stack(self, stack: Stack, only: Rule | None = None) -> Evaluation:
        """Evaluate the stack rules on all resources, and audit the exemptions."""
        evaluation = Evaluation()
        for rule in self._of_stack:
            if only not in (None, rule):
                continue
            subjects: Sequence[Resource | None] = stack.all(*sorted(rule.types)) if rule.types else (None,)
            if EVERY_TYPE in rule.types:
                subjects = stack.resources
            for one in subjects:
                self._evaluate(evaluation, rule, one, lambda rule=rule, one=one: rule.finds(one, stack))
        if only is None:
            for name, urn in evaluation.unevaluated:
                self.open.setdefault(urn, set()).add(name)
            for problem in self.register.problems({rule.name for rule in self.rules}, stack.resources):
                evaluation.findings.setdefault(AUDIT, []).append(Finding(AUDIT, WHOLE_STACK, problem))
        return evaluation

    def _evaluate(
        self, evaluation: Evaluation, rule: Rule, one: Resource | None, finds: Callable[[], Iterable[str]]
    ) -> None:
        urn = one.urn if one else WHOLE_STACK
        try:
            for detail in finds():
                if not self.register.exempts(rule.name, urn, one):
                    message = _message(rule, one, detail)
                    evaluation.findings.setdefault(rule.name, []).append(Finding(rule.name, urn, message))
        except UnknownValueError:
            evaluation.unevaluated.add((rule.name, urn))


def _message(rule: Rule, one: Resource | None, detail: str) -> str:
    subject = one.name if one else "the stack"
    return f"{subject}: {detail}; {rule.fix}" if detail else f"{subject}: {rule.fix}"
