"""CloudWatch logs and alarms, EventBridge buses, targets and schedules."""

from __future__ import annotations

from rules.lib.alarms import composites_of, has_actions
from rules.lib.iam import access
from rules.lib.resource_types import (
    COMPOSITE_ALARM,
    EVENT_BUS,
    EVENT_BUS_POLICY,
    EVENT_TARGET,
    LOG_GROUP,
    METRIC_ALARM,
    SCHEDULE,
    TRAIL,
)
from rules.pack.graph import Stack
from rules.pack.properties import is_set, number, off, own_key, part, text
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule

A_YEAR_DAYS = 365
CIS_NAMESPACE, CIS_ALARMS = "Security/CloudTrail", 14


def _cis(stack: Stack) -> bool:
    alarms = {
        text(alarm.props, "metricName")
        for alarm in stack.all(METRIC_ALARM)
        if text(alarm.props, "namespace") == CIS_NAMESPACE
    }
    return not stack.all(TRAIL) or len(alarms) >= CIS_ALARMS


def _closed(bus: Resource, stack: Stack) -> bool:
    if bus.type == EVENT_BUS_POLICY:
        return not access.public(bus.props.get("policy"))
    policies = stack.referrers(bus, EVENT_BUS_POLICY, "eventBusName")
    return bool(policies) and not any(access.public(one.props.get("policy")) for one in policies)


def _acts(alarm: Resource, stack: Stack) -> bool:
    if off(alarm.props, "actionsEnabled"):
        return False
    return has_actions(alarm) or bool(composites_of(alarm, stack))


RULES = [
    resource_rule(
        "logs-retention",
        M,
        LOG_GROUP,
        "A log group has a retention period.",
        "set retention_in_days",
        holds=lambda group: number(group, "retentionInDays") > 0,
        requirements=("A40",),
    ),
    resource_rule(
        "logs-retention-1y",
        P,
        LOG_GROUP,
        "A log group retains events for a year.",
        f"set retention_in_days to {A_YEAR_DAYS} or more",
        holds=lambda group: not 0 < number(group, "retentionInDays") < A_YEAR_DAYS,
        requirements=("A40",),
    ),
    resource_rule(
        "logs-cmk",
        P,
        LOG_GROUP,
        "A log group is encrypted with a customer managed key.",
        "set kms_key_id",
        holds=lambda group: own_key(group, "kmsKeyId"),
    ),
    stack_rule(
        "alarm-actions",
        M,
        (METRIC_ALARM, COMPOSITE_ALARM),
        "An alarm has an alarm action, or a composite alarm that has one names it.",
        "set alarm_actions, or name it in the alarm_rule of a composite alarm; leave actions_enabled on",
        holds=_acts,
    ),
    stack_rule(
        "cis-alarms",
        A,
        (),
        "The events of the CIS AWS Foundations Benchmark have alarms.",
        f"add alarms on at least {CIS_ALARMS} metrics in namespace {CIS_NAMESPACE}",
        stack_holds=_cis,
    ),
    stack_rule(
        "event-bus-policy",
        M,
        (EVENT_BUS, EVENT_BUS_POLICY),
        "A custom event bus has a policy that is not public.",
        "add an EventBusPolicy that names who may put events",
        holds=_closed,
    ),
    resource_rule(
        "event-target-dlq",
        A,
        EVENT_TARGET,
        "An EventBridge target has a dead-letter queue.",
        "set dead_letter_config",
        holds=lambda target: is_set(part(target, "deadLetterConfig"), "arn"),
    ),
    resource_rule(
        "scheduler-cmk",
        A,
        SCHEDULE,
        "A schedule is encrypted with a customer managed key.",
        "set kms_key_arn",
        holds=lambda schedule: own_key(schedule, "kmsKeyArn"),
    ),
]
