"""Builds the report of a running stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

from ops.checks.launch_checklist import Line, walk
from ops.core.aws_state import AwsState
from ops.core.findings import Finding
from ops.core.secret_stores import store_of
from ops.core.updater import Deployed
from report.collect.alarms import alarms, topics
from report.collect.architecture import architecture, subnets
from report.collect.cost import cost
from report.collect.exemptions import exemptions
from report.collect.findings import Findings, PolicyRule, Violation, rules
from report.collect.secrets import secrets
from report.schema import ChecklistItem, Report
from settings.stack_file import ROOT


@dataclass(frozen=True)
class Policies:
    """What the policy pack said of the declared resources."""

    rules: Sequence[PolicyRule]
    violations: Sequence[Violation]


@dataclass(frozen=True)
class Source:
    """Everything that a report is collected from."""

    stack: str
    aws: AwsState
    deployed: Sequence[Deployed]
    """The resources in the Pulumi state, without secret values."""
    findings: Sequence[Finding]
    """What the checks of the running stack found."""
    checks: int
    where: Literal["aws", "sandbox"]
    policies: Policies | None = None
    """None where the pack was not run."""
    not_covered: Sequence[str] = ()
    root: Path = ROOT


def collect(source: Source, now: datetime | None = None) -> Report:
    """The report of a stack; it contains no secret value."""
    moment, aws, settings = now or datetime.now(UTC), source.aws, source.aws.settings
    finder = Findings(settings, source.deployed)
    pack = source.policies or Policies((), ())
    found = (*finder.verified(source.findings), *finder.violated(pack.violations, pack.rules))
    production = settings.environment.production
    priced = cost(settings, source.deployed)
    built = architecture(settings, source.deployed, subnets(settings, aws))
    return Report(
        stack=source.stack,
        application=settings.application.name,
        environment=settings.environment.name,
        production=production,
        account=settings.account_id,
        region=settings.region,
        source=source.where,
        created=moment.replace(microsecond=0),
        url=next((part.url for part in built.parts if part.url), ""),
        checks=source.checks,
        not_covered=(*source.not_covered, *(() if priced else (f"cost: no prices of {settings.region}",))),
        architecture=built,
        secrets=tuple(secrets(settings, partial(store_of, aws), moment)),
        checklist=tuple(map(_item, walk(aws, source.stack))),
        findings=found,
        rules=tuple(rules(found, pack.rules)),
        exemptions=tuple(
            exemptions(source.stack, source.deployed, moment.date(), production=production, root=source.root)
        ),
        alarms=alarms(aws, source.deployed),
        topics=topics(source.deployed),
        cost=priced,
    )


def _item(line: Line) -> ChecklistItem:
    return ChecklistItem(
        title=line.title,
        done=line.done,
        evidence=line.evidence,
        problems=tuple(f"{one.problem}; {one.remedy}" for one in line.findings),
        requirements=(line.requirement,),
    )
