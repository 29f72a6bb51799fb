"""Builds reports of the shipped stacks from their recorded declarations, with planted findings and ages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, cast

from ops.core import findings as live
from ops.core.aws_state import AwsState
from ops.core.updater import Deployed
from report.collect import PolicyRule, Violation, compare
from report.collect.alarms import TOPIC, alarms, topics
from report.collect.architecture import architecture
from report.collect.cost import cost
from report.collect.exemptions import exemptions
from report.collect.findings import Findings, rules
from report.collect.secrets import secrets
from report.schema import ChecklistItem, Report, Subnet
from settings import Settings, read_stack_file
from tests.program import shipped

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
# A text that would end the element with the data, were it not escaped.
HOSTILE = "</script><script>alert(1)</script>"
PLANTED = (
    live.Finding(
        "security-groups-rules", ("A24",), "sg-0123", "has a rule that is not declared", "delete it"
    ),
    live.Finding("account-root", (), "account-root", "cannot be checked: denied", HOSTILE, unanswered=True),
)
PACK = (
    PolicyRule("rds-multi-az", "RDS is Multi-AZ.", "set multi_az=True", "low"),
    PolicyRule("sg-no-public-ssh", "SSH is not open to the Internet.", "name the addresses", "critical"),
)
VIOLATIONS = (
    Violation("rds-multi-az", "advisory", "RDS is Multi-AZ.\ndatabase-instance: set multi_az=True", ""),
    Violation(
        "sg-no-public-ssh",
        "mandatory",
        "SSH is not open to the Internet.\nconnections-alb: port 22 is open; name the addresses",
        "urn:pulumi:s::strongroom::aws:ec2/securityGroup:SecurityGroup::connections-alb",
    ),
)


class Answers(AwsState):
    """AWS that answers nothing but a state for every alarm that is asked for."""

    def __init__(self, settings: Settings, states: dict[str, str] | None = None) -> None:
        super().__init__(settings, cast(Any, None))
        self._states = states or {}

    def list(self, service: str, operation: str, member: str, **params: Any) -> list[Any]:
        assert operation == "describe_alarms", operation
        return [{"AlarmName": name, "StateValue": state} for name, state in self._states.items()]


class Store:
    """A secret store in which each name was changed some days ago."""

    def __init__(self, days: dict[str, int], usual: int = 3) -> None:
        self._days, self._usual = days, usual

    def changed(self, name: str) -> datetime | None:
        days = self._days.get(name, self._usual)
        return None if days < 0 else NOW - timedelta(days=days)


@cache
def deployed(stack: str) -> tuple[Deployed, ...]:
    """What a shipped stack declares, as the state of a running one has it."""
    recorded = shipped(stack).resources
    # The recorder's ARN of a topic ends in its name in the program, AWS's in its own.
    topic_arns = {
        one.arn: f"{one.arn.rpartition(':')[0]}:{one['name']}" for one in recorded if one.type == TOPIC
    }
    return tuple(
        Deployed(
            one.urn,
            one.type,
            one.id,
            one.protect,
            {key: _renamed(value, topic_arns) for key, value in one.inputs.items() if key not in one.secrets},
        )
        for one in recorded
        if one.type.startswith(("aws:", "random:"))
    )


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


def ages(settings: Settings) -> dict[str, int]:
    """One overdue secret, one that is due soon, one without a value; all others are three days old."""
    first, second, *_, last = settings.secrets.values()
    return {
        first.name: first.rotate_every + 10,
        second.name: second.rotate_every - 1,
        last.name: -1,
    }


@cache
def report(stack: str, against: str = "", *, planted: bool = True) -> Report:
    """The report of a shipped stack."""
    settings, resources = read_stack_file(stack), deployed(stack)
    finder = Findings(settings, resources)
    built = architecture(settings, resources, subnets(settings))
    found = (*finder.verified(PLANTED), *finder.violated(VIOLATIONS, PACK)) if planted else ()
    return Report(
        stack=stack,
        application=settings.application.name,
        environment=settings.environment.name,
        production=settings.environment.production,
        account=settings.account_id,
        region=settings.region,
        source="sandbox",
        created=NOW,
        url=next(part.url for part in built.parts if part.url),
        checks=128,
        not_covered=("not checkable in the sandbox: the root user",),
        architecture=built,
        secrets=tuple(_secrets(settings)),
        checklist=(
            ChecklistItem(title="Database encrypted at rest", done=True, evidence="StorageEncrypted=True"),
            ChecklistItem(title="Restore tested", done=False, evidence="never", problems=("run the drill",)),
        ),
        findings=found,
        rules=tuple(rules(found, PACK)),
        exemptions=tuple(
            exemptions(stack, resources, date(2026, 11, 29), production=settings.environment.production)
        ),
        alarms=alarms(Answers(settings), resources),
        topics=topics(resources),
        cost=cost(settings, resources),
        comparison=compare(settings, read_stack_file(against), against) if against else None,
    )


def subnets(settings: Settings) -> Sequence[Subnet]:
    """Two subnets of each tier."""
    return [
        Subnet(
            tier=tier,
            zone=f"{settings.region}{letter}",
            cidr=settings.network.subnet_cidr(tier, f"{settings.region}{letter}"),
        )
        for tier in ("public", "private", "isolated")
        for letter in "ab"
    ]


def _secrets(settings: Settings) -> Any:
    store = Store(ages(settings))
    return secrets(settings, lambda _: cast(Any, store), NOW)
