"""Checks that every required alarm exists, may publish to its SNS topic, and has a confirmed subscription."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from iam_documents import Request, decide, parse
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.checks.verify.secrets.keys import key_policy
from ops.core.aws_state import AwsState, Item
from ops.core.resources.alarms import stack_alarms
from settings import Settings
from settings.connections import calls

REQUIRED_ALARMS = {
    "AL1": ("A41", "A44"),
    "AL2": ("A41", "A44"),
    "AL3": ("A45",),
    "AL4": ("A45",),
    "AL5": ("A45",),
    "AL6": ("A46",),
    "AL7": ("A46",),
    "AL8": ("A46",),
    "AL9": ("A46",),
    "AL10": ("A47",),
    "AL11": ("A47",),
    "AL12": ("A49",),
}
"""The alarms that a containers stack must have, with the codes of the requirements they belong to."""
ALARMS_OF_PARTS = {"database": {"AL4", "AL5"}, "edge": {"AL6", "AL7"}, "calls": {"AL10"}}
"""Those that only a stack with a database, a load balancer or calls between services can have."""
CLOUDWATCH, EVENTBRIDGE = "cloudwatch.amazonaws.com", "events.amazonaws.com"


@dataclass(frozen=True)
class AlarmRoute:
    """An alarm or an EventBridge rule: the service that publishes, and the ARNs of its actions or targets."""

    name: str
    service: str
    enabled: bool
    actions: tuple[str, ...]
    rule: str = ""
    """The rule of a composite alarm, which names the alarms in whose place it notifies."""

    def names(self, alarm: str) -> bool:
        """Whether the rule reads the state of ``alarm``."""
        return f'ALARM("{alarm}")' in self.rule


def alarm_routes(aws: AwsState) -> list[AlarmRoute]:
    """Every CloudWatch alarm and every EventBridge rule of the stack."""
    prefix = aws.names.part("")
    found = [
        AlarmRoute(
            one["AlarmName"],
            CLOUDWATCH,
            one.get("ActionsEnabled", True),
            tuple(one.get("AlarmActions", [])),
            one.get("AlarmRule", ""),
        )
        for one in stack_alarms(aws)
    ]
    for rule in aws.list("events", "list_rules", "Rules", NamePrefix=prefix):
        targets = aws.list("events", "list_targets_by_rule", "Targets", Rule=rule["Name"])
        actions = tuple(target["Arn"] for target in targets)
        found.append(AlarmRoute(rule["Name"], EVENTBRIDGE, rule.get("State") == "ENABLED", actions))
    return found


@check("alarms-present", "A41", "A44", "A45", "A46", "A47", "A49")
def present(aws: AwsState) -> Iterator[Problem]:
    """Every required alarm exists."""
    if not aws.settings.services:
        return
    prefix = aws.names.part("")
    numbers = {route.name.removeprefix(prefix).partition("-")[0] for route in alarm_routes(aws)}
    for number, requirements in REQUIRED_ALARMS.items():
        if number not in numbers | _without_part(aws.settings):
            yield Problem(
                f"{prefix}{number}", "no alarm or rule with this ID exists", BY_PROGRAM, requirements
            )


def _without_part(settings: Settings) -> set[str]:
    """The alarms of the parts that the stack does not declare."""
    parts = {
        "database": settings.database is not None,
        "edge": settings.edge is not None,
        "calls": settings.containers is not None and bool(calls(settings.containers)),
    }
    return {number for part, has in parts.items() if not has for number in ALARMS_OF_PARTS[part]}


@check("alarms-wired", "A41", "A44", "A45", "A46", "A47", "A49")
def wired(aws: AwsState) -> Iterator[Problem]:
    """Every alarm is enabled and notifies topics of this stack, itself or through a composite alarm."""
    topics, routes = topics_of(aws), alarm_routes(aws)
    for route in routes:
        if not route.enabled:
            yield Problem(route.name, "is disabled", BY_PROGRAM)
        if not route.actions and not any(other.actions and other.names(route.name) for other in routes):
            yield Problem(route.name, "has no action", BY_PROGRAM)
        for action in route.actions:
            if ":sns:" in action and action not in topics:
                yield Problem(
                    route.name, f"notifies {action}, which is not a topic of this stack", BY_PROGRAM
                )


@check("alarms-delivered", "A41", "A44", "A45", "A46", "A47")
def delivered(aws: AwsState) -> Iterator[Problem]:
    """The topic policies and the key policy allow CloudWatch and EventBridge to publish."""
    publishing = {(route.service, action) for route in alarm_routes(aws) for action in route.actions}
    for arn, attributes in topics_of(aws).items():
        name = arn.rpartition(":")[2]
        key = attributes.get("KmsMasterKeyId")
        if not aws.is_key(key, "alerts"):
            yield Problem(
                f"topic {name}", f"is not encrypted with {aws.names.key_alias('alerts')}", BY_PROGRAM
            )
        for service in (CLOUDWATCH, EVENTBRIDGE):
            if (service, arn) not in publishing:
                continue
            ours = {"aws:SourceAccount": aws.settings.account_id, "aws:SecureTransport": "true"}
            # EventBridge does not send aws:SourceAccount.
            context = ours if service == CLOUDWATCH else {"aws:SecureTransport": "true"}
            policy = parse(attributes.get("Policy") or "{}")
            if (
                decide([policy], Request("sns:Publish", arn, service, context), names_principal=True)
                != "allowed"
            ):
                yield Problem(f"topic {name}", f"its policy does not allow {service} to publish", BY_PROGRAM)
            if key and not _encrypts(aws, service, context):
                alias = aws.names.key_alias("alerts")
                yield Problem(
                    f"{names_of_alarms(aws, service, arn)} -> topic {name} -> key {alias}",
                    f"the key policy does not allow {service} to encrypt",
                    BY_PROGRAM,
                )


@check("alarms-heard", "A41", "A44", "A45", "A46", "A47")
def subscribed(aws: AwsState) -> Iterator[Problem]:
    """Each topic has a confirmed subscription."""
    for arn in topics_of(aws):
        name = arn.rpartition(":")[2]
        listed = aws.list("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn)
        confirmed = [one for one in listed if one["SubscriptionArn"].startswith("arn:")]
        if not listed:
            yield Problem(f"topic {name}", "has no subscription", "set monitoring.email")
        elif not confirmed:
            problem, remedy = "has no confirmed subscription", "confirm it in the email that AWS sent"
            yield Problem(f"topic {name}", problem, remedy)


def names_of_alarms(aws: AwsState, service: str, topic: str) -> str:
    """The name of the first alarm of a service that publishes to a topic, and the number of further ones."""
    names = sorted(
        route.name for route in alarm_routes(aws) if route.service == service and topic in route.actions
    )
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def topics_of(aws: AwsState) -> dict[str, Item]:
    """The stack's topics with their attributes, by ARN."""
    prefix = aws.names.part("alerts-")
    arns = [one["TopicArn"] for one in aws.list("sns", "list_topics", "Topics")]
    return {
        arn: aws.ask("sns", "get_topic_attributes", TopicArn=arn)["Attributes"]
        for arn in arns
        if arn.rpartition(":")[2].startswith(prefix)
    }


@check("alarms-topics", "A41")
def topics(aws: AwsState) -> Iterator[Problem]:
    """The topics for critical and for warning alarms exist."""
    there = {arn.rpartition(":")[2] for arn in topics_of(aws)}
    for severity in ("critical", "warning"):
        name = aws.names.part(f"alerts-{severity}")
        if name not in there:
            yield Problem(f"topic {name}", "does not exist", BY_PROGRAM)


def _encrypts(aws: AwsState, service: str, context: dict[str, Any]) -> bool:
    arn = aws.key_arns.get("alerts")
    if arn is None:
        return False
    policy = key_policy(aws, arn)
    return all(
        decide([policy], Request(action, arn, service, context), names_principal=True) == "allowed"
        for action in ("kms:Decrypt", "kms:GenerateDataKey")
    )
