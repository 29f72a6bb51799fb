"""Checks that a metric filter feeds every alarm on a metric that the stack's metric filters count."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from ops.core.resources.alarms import stack_alarms

OF_AWS = ("AWS/", "ECS/", "CWAgent")
PUBLISHED = "/Hygiene"
"""The end of the namespace in which the stack's functions publish; no log lines are counted in it."""


@check("alarms-fed", "A41", "A45")
def fed(aws: AwsState) -> Iterator[Problem]:
    """A metric filter counts every metric without dimensions of the stack's own that an alarm watches."""
    counted = {
        (metric["metricNamespace"], metric["metricName"])
        for one in aws.list("logs", "describe_metric_filters", "metricFilters")
        for metric in one["metricTransformations"]
    }
    for alarm in stack_alarms(aws, "MetricAlarms"):
        for metric in _watched(alarm):
            namespace, name = metric["Namespace"], metric["MetricName"]
            if metric.get("Dimensions") or not _of_a_filter(namespace) or (namespace, name) in counted:
                continue
            yield Problem(
                alarm["AlarmName"], f"no metric filter counts its metric {name} of {namespace}", BY_PROGRAM
            )


def _watched(alarm: Item) -> Iterator[Item]:
    """The metrics of an alarm: its own, or those of its expressions."""
    if "MetricName" in alarm:
        yield alarm
    for one in alarm.get("Metrics", []):
        if "MetricStat" in one:
            yield one["MetricStat"]["Metric"]


def _of_a_filter(namespace: str) -> bool:
    return not namespace.startswith(OF_AWS) and not namespace.endswith(PUBLISHED)
