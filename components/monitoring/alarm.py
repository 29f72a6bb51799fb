"""Declares CloudWatch alarms from plain data; each notifies a topic, itself or through a composite alarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import pulumi
from pulumi_aws import cloudwatch

from components.monitoring.topics import Topics
from components.options import child_of
from settings.names import Names

Severity = Literal["critical", "warning"]

_OPERATORS = {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
}
_BAND = "band"


class Label(NamedTuple):
    """The ID and the slug of an alarm that other parts of the program refer to."""

    id: str
    slug: str

    def __str__(self) -> str:
        """``AL3-db-connect-failure``."""
        return f"{self.id}-{self.slug}"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One CloudWatch metric, its statistic and its period."""

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    stat: str = "Sum"
    period_s: int = 300


@dataclass(frozen=True, kw_only=True)
class Math:
    """A metric math expression over other metrics, which it names by their keys."""

    expression: str
    label: str
    metrics: Mapping[str, Metric]


@dataclass(frozen=True)
class Band:
    """An anomaly detection threshold: so many standard deviations above the expected value."""

    deviations: int


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """The metric, the threshold and the severity of one alarm."""

    id: str
    """Its code in docs/requirements.md (``AL3``), the first part of its name."""
    slug: str
    description: str
    """The alarm's description, for the person it notifies."""
    series: Metric | Math
    compare: Literal[">", ">=", "<", "<="] = ">="
    threshold: float | Band
    severity: Severity
    periods: int = 1
    datapoints: int | None = None
    """How many of ``periods`` must breach; all where None."""
    missing: Literal["notBreaching", "breaching"] = "notBreaching"

    @property
    def label(self) -> str:
        """``AL3-db-connect-failure``."""
        return str(Label(self.id, self.slug))


def declare(
    owner: pulumi.ComponentResource, alarm: Alarm, names: Names, topics: Topics, *, grouped: bool
) -> cloudwatch.MetricAlarm:
    """Make ``alarm`` a child of ``owner`` that notifies the topic of its severity.

    An alarm that is ``grouped`` has no action: a composite alarm notifies in its place.
    """
    told = None if grouped else [topics.critical if alarm.severity == "critical" else topics.warning]
    band = isinstance(alarm.threshold, Band)
    plain = isinstance(alarm.series, Metric) and not band
    metric = alarm.series if isinstance(alarm.series, Metric) and plain else None
    percentile = metric is not None and metric.stat.startswith("p")
    return cloudwatch.MetricAlarm(
        f"{owner.pulumi_resource_name}-{alarm.label}",
        name=names.part(alarm.label),
        alarm_description=alarm.description,
        namespace=metric.namespace if metric else None,
        metric_name=metric.name if metric else None,
        dimensions=dict(metric.dimensions) if metric else None,
        statistic=metric.stat if metric and not percentile else None,
        extended_statistic=metric.stat if metric and percentile else None,
        period=metric.period_s if metric else None,
        metric_queries=None if plain else _queries(alarm),
        comparison_operator="GreaterThanUpperThreshold" if band else _OPERATORS[alarm.compare],
        threshold=None if isinstance(alarm.threshold, Band) else alarm.threshold,
        threshold_metric_id=_BAND if band else None,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.datapoints or alarm.periods,
        treat_missing_data=alarm.missing,
        actions_enabled=True,
        alarm_actions=told,
        ok_actions=told,
        opts=child_of(owner, topics.ready),
    )


def _queries(alarm: Alarm) -> list[cloudwatch.MetricAlarmMetricQueryArgs]:
    series, threshold = alarm.series, alarm.threshold
    metrics = series.metrics if isinstance(series, Math) else {"watched": series}
    queries = [
        cloudwatch.MetricAlarmMetricQueryArgs(
            id=key,
            # An anomaly band is compared with the metric itself; of metric math only the result is returned.
            return_data=isinstance(threshold, Band),
            metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=dict(metric.dimensions),
                stat=metric.stat,
                period=metric.period_s,
            ),
        )
        for key, metric in metrics.items()
    ]
    if isinstance(threshold, Band):
        expression, label = f"ANOMALY_DETECTION_BAND(watched, {threshold.deviations})", "expected"
    else:
        assert isinstance(series, Math)
        expression, label = series.expression, series.label
    result = cloudwatch.MetricAlarmMetricQueryArgs(
        id=_BAND if isinstance(threshold, Band) else "result",
        expression=expression,
        label=label,
        return_data=True,
    )
    return [*queries, result]
