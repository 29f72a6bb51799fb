"""Events: a bus of ours is closed, an event that cannot be delivered is kept, a schedule is encrypted."""

from __future__ import annotations

from rules.aws.secrets.kms import open_to_anybody
from rules.lib.resource_types import EVENT_BUS, EVENT_BUS_POLICY, EVENT_TARGET, SCHEDULE
from rules.pack.graph import Stack
from rules.pack.properties import is_set, own_key, part
from rules.pack.rule import A, M, Resource, resource_rule, stack_rule


def _closed(bus: Resource, stack: Stack) -> bool:
    policies = stack.referrers(bus, EVENT_BUS_POLICY, "eventBusName")
    return bool(policies) and not any(open_to_anybody(one.props.get("policy")) for one in policies)


RULES = [
    stack_rule(
        "event-bus-policy",
        M,
        EVENT_BUS,
        "A bus of ours has a policy that is not open.",
        "add an EventBusPolicy that names who may put events",
        holds=_closed,
    ),
    resource_rule(
        "event-target-dlq",
        A,
        EVENT_TARGET,
        "An event that cannot be delivered is kept.",
        "set dead_letter_config",
        holds=lambda target: is_set(part(target, "deadLetterConfig"), "arn"),
    ),
    resource_rule(
        "scheduler-cmk",
        A,
        SCHEDULE,
        "A schedule is encrypted with a key of ours.",
        "set kms_key_arn",
        holds=lambda schedule: own_key(schedule, "kmsKeyArn"),
    ),
]
