"""Alarms on what CloudTrail records and on missing records, and the events of GuardDuty."""

from __future__ import annotations

from collections.abc import Iterator

from components.monitoring.alarm import Alarm, Metric, Severity
from components.monitoring.alarms.trail.log import NAMESPACE, TrailLog
from components.monitoring.alarms.trail.metrics import trail_metrics
from components.monitoring.event_rule import Event
from settings.names import Names

_GRAVE = 7
"""GuardDuty severity from which a finding is critical; from 4 on it is a warning."""


def trail_alarms(trail: TrailLog, names: Names) -> Iterator[Alarm]:
    """Yield one alarm per trail metric, and one for a trail that delivers nothing."""
    for one in trail_metrics(trail, names):
        yield Alarm(
            id=one.id,
            slug=one.slug,
            description=one.description,
            series=Metric(namespace=NAMESPACE, name=one.metric, period_s=one.period_s),
            threshold=one.threshold,
            severity=one.severity,
            periods=one.periods,
        )
    yield Alarm(
        id="S14",
        slug="trail-silent",
        description="CloudTrail delivers no events: the trail was stopped, or cannot write to its log group.",
        series=Metric(
            namespace="AWS/Logs",
            name="IncomingLogEvents",
            dimensions={"LogGroupName": trail.log_group_name},
            period_s=3600,
        ),
        compare="<",
        threshold=1,
        severity="critical",
        missing="breaching",
    )


def trail_events() -> Iterator[Event]:
    """Yield the events of GuardDuty's findings, by severity."""
    severities: tuple[tuple[str, list[object], Severity], ...] = (
        ("finding", [">=", 4, "<", _GRAVE], "warning"),
        ("grave-finding", [">=", _GRAVE], "critical"),
    )
    for slug, numeric, severity in severities:
        yield Event(
            id="S13",
            slug=slug,
            description="GuardDuty reports a finding.",
            pattern={
                "source": ["aws.guardduty"],
                "detail-type": ["GuardDuty Finding"],
                "detail": {"severity": [{"numeric": numeric}]},
            },
            what="$.detail.type",
            why="$.detail.id",
            severity=severity,
        )
