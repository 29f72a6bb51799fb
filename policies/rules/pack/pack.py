"""Registers every rule as a policy with its own name and level, and evaluates each request once.

The SDK decodes a resource's properties again for every policy that it iterates over. The list of policies is
therefore iterated lazily: the first policy evaluates the request for all the others, and only those with
findings follow. If the list is copied or iterated eagerly, each policy evaluates itself, which is slower.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from rules import ALL
from rules.lib.secret_marking import SECRETNESS, remember
from rules.pack import exemptions
from rules.pack.catalogue import about
from rules.pack.config import SCHEMA, Configuration, production
from rules.pack.evaluator import Evaluation, Evaluator
from rules.pack.graph import Stack, from_engine
from rules.pack.properties import canonical
from rules.pack.rule import Level, Resource, ResourceRule, Rule

RESOURCE_GATE = "own-tags"
STACK_GATE = "own-unknown-visible"
"""The policies that evaluate all others for a request; the pack is configured through these two."""
_LEVELS = {
    Level.MANDATORY: EnforcementLevel.MANDATORY,
    Level.PRODUCTION: EnforcementLevel.MANDATORY,
    Level.ADVISORY: EnforcementLevel.ADVISORY,
}


class _Request(threading.local):
    """State of the request that this thread is answering."""

    evaluation: Evaluation | None = None


class Pack(list[Policy]):
    """The list of policies, which evaluates all rules while its first policy runs."""

    def __init__(self, evaluator: Evaluator, *, production: bool, update: bool) -> None:
        super().__init__()
        self.evaluator = evaluator
        self._request = _Request()
        for rule in sorted(evaluator.rules, key=lambda rule: rule.name not in (RESOURCE_GATE, STACK_GATE)):
            self.append(self._policy(rule, level_of(rule, production=production, update=update)))

    def __iter__(self) -> Iterator[Policy]:
        self._request.evaluation = None
        for policy in super().__iter__():
            evaluation = self._request.evaluation
            if evaluation is None or policy.name in evaluation.findings:
                yield policy

    def _policy(self, rule: Rule, level: EnforcementLevel) -> Policy:
        schema = SCHEMA if rule.name in (RESOURCE_GATE, STACK_GATE) else None
        if isinstance(rule, ResourceRule):
            return ResourceValidationPolicy(
                rule.name,
                rule.sentence,
                validate=lambda args, report: self._resource(rule, args, report),
                remediate=remember if level is EnforcementLevel.REMEDIATE else None,
                enforcement_level=level,
                config_schema=schema,
                remediation_steps=rule.fix,
                tags=list(rule.requirements),
                severity=Severity(about(rule).severity),
            )
        return StackValidationPolicy(
            rule.name,
            rule.sentence,
            validate=lambda args, report: self._stack(rule, args, report),
            enforcement_level=level,
            config_schema=schema,
            remediation_steps=rule.fix,
            tags=list(rule.requirements),
            severity=Severity(about(rule).severity),
        )

    def _resource(self, rule: Rule, args: ResourceValidationArgs, report: ReportViolation) -> None:
        evaluation = self._request.evaluation
        if evaluation is None:
            one = resource(args)
            only = None if rule.name == RESOURCE_GATE else rule
            evaluation = self.evaluator.evaluate_resource(one, Configuration.read(args.get_config()), only)
            if only is None:
                self._request.evaluation = evaluation
        for finding in evaluation.findings.get(rule.name, ()):
            report(finding.message, None)

    def _stack(self, rule: Rule, args: StackValidationArgs, report: ReportViolation) -> None:
        evaluation = self._request.evaluation
        if evaluation is None:
            stack = Stack(from_engine(args.resources), Configuration.read(args.get_config()))
            only = None if rule.name == STACK_GATE else rule
            evaluation = self.evaluator.evaluate_stack(stack, only)
            if only is None:
                self._request.evaluation = evaluation
                self._report_unevaluated(report)
        for finding in evaluation.findings.get(rule.name, ()):
            report(finding.message, finding.urn or None)

    def _report_unevaluated(self, report: ReportViolation) -> None:
        for urn, rules in sorted(self.evaluator.open.items()):
            if rules:
                report(f"not evaluated yet: {', '.join(sorted(rules))}", urn or None)


def level_of(rule: Rule, *, production: bool, update: bool) -> EnforcementLevel:
    """The enforcement level of a rule in this run."""
    if rule.name == SECRETNESS:
        return (
            EnforcementLevel.REMEDIATE
        )  # only a remediation sees which inputs are secret; treated as mandatory
    if rule.level is Level.PRODUCTION and not production:
        return EnforcementLevel.ADVISORY
    if rule.name == STACK_GATE and not update:
        return EnforcementLevel.ADVISORY  # values may be unknown in a preview, not in an update
    return _LEVELS[rule.level]


def resource(args: ResourceValidationArgs) -> Resource:
    """Convert the engine's resource."""
    return Resource(
        type=canonical(args.resource_type),
        name=args.name,
        urn=args.urn,
        props=args.props,
        protect=args.opts.protect,
        ignore_changes=args.opts.ignore_changes,
        provider=args.provider.props if args.provider else None,
        parent=args.opts.parent or "",
    )


def load() -> Pack:
    """The pack for the stack that the engine passed in the environment of this process."""
    in_production = production(os.environ.get("PULUMI_CONFIG", ""))
    register = exemptions.Register(
        exemptions.read(Path(__file__).parents[2] / "exemptions.yaml"),
        stack=os.environ.get("PULUMI_STACK", ""),
        production=in_production,
    )
    return Pack(
        Evaluator(ALL, register),
        production=in_production,
        update=os.environ.get("PULUMI_DRY_RUN") != "true",
    )
