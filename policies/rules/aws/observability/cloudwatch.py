"""Logs and alarms: kept long enough, under our key, and heard by somebody."""

from __future__ import annotations

from rules.lib.resource_types import COMPOSITE_ALARM, LOG_GROUP, METRIC_ALARM, TRAIL
from rules.pack.graph import Stack
from rules.pack.properties import is_set, number, off, own_key, text
from rules.pack.rule import A, M, P, resource_rule, stack_rule

A_YEAR_DAYS = 365
CIS_NAMESPACE, CIS_ALARMS = "Security/CloudTrail", 14


def _cis(stack: Stack) -> bool:
    alarms = {
        text(alarm.props, "metricName")
        for alarm in stack.all(METRIC_ALARM)
        if text(alarm.props, "namespace") == CIS_NAMESPACE
    }
    return not stack.all(TRAIL) or len(alarms) >= CIS_ALARMS


RULES = [
    resource_rule(
        "logs-retention",
        M,
        LOG_GROUP,
        "A log group says how long it keeps its lines.",
        "set retention_in_days (A40)",
        holds=lambda group: number(group, "retentionInDays") > 0,
    ),
    resource_rule(
        "logs-retention-1y",
        P,
        LOG_GROUP,
        "A log group keeps a year.",
        f"set retention_in_days to {A_YEAR_DAYS} or more (A40)",
        holds=lambda group: number(group, "retentionInDays") >= A_YEAR_DAYS,
    ),
    resource_rule(
        "logs-cmk",
        P,
        LOG_GROUP,
        "A log group is encrypted with a key of ours.",
        "set kms_key_id",
        holds=lambda group: own_key(group, "kmsKeyId"),
    ),
    resource_rule(
        "alarm-actions",
        M,
        (METRIC_ALARM, COMPOSITE_ALARM),
        "An alarm tells somebody.",
        "set alarm_actions and leave actions_enabled on",
        holds=lambda alarm: is_set(alarm, "alarmActions") and not off(alarm, "actionsEnabled"),
    ),
    stack_rule(
        "cis-alarms",
        A,
        (),
        "The changes that CIS lists raise alarms.",
        f"alarm on {CIS_ALARMS} metrics of {CIS_NAMESPACE}",
        stack_holds=_cis,
    ),
]
