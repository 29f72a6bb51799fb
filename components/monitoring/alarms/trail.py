"""Alarms on what the trail records, on its silence, and the events of GuardDuty."""

from __future__ import annotations

from collections.abc import Iterator

from components.monitoring.alarm import Alarm, Metric, Severity
from components.monitoring.alarms.trail_metrics import NAMESPACE, TrailLog, sightings
from components.monitoring.event_rule import Event
from settings.names import Names

_GRAVE = 7
"""GuardDuty's severities from which somebody is woken; from 4 on somebody should look."""


def trail_alarms(trail: TrailLog, names: Names) -> Iterator[Alarm]:
    """One for each sighting, and S14 for the trail's own silence."""
    for one in sightings(trail, names):
        yield Alarm(
            id=one.id,
            slug=one.slug,
            description=one.description,
            series=Metric(namespace=NAMESPACE, name=one.metric, period_s=one.period_s),
            threshold=one.threshold,
            severity=one.severity,
        )
    yield Alarm(
        id="S14",
        slug="trail-silent",
        description="The trail says nothing: it was stopped, or cannot be delivered.",
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
    """S13: what GuardDuty found, by how bad it is."""
    severities: tuple[tuple[str, list[object], Severity], ...] = (
        ("finding", [">=", 4, "<", _GRAVE], "warning"),
        ("grave-finding", [">=", _GRAVE], "critical"),
    )
    for slug, numeric, severity in severities:
        yield Event(
            id="S13",
            slug=slug,
            description="GuardDuty found something.",
            pattern={
                "source": ["aws.guardduty"],
                "detail-type": ["GuardDuty Finding"],
                "detail": {"severity": [{"numeric": numeric}]},
            },
            what="$.detail.type",
            why="$.detail.id",
            severity=severity,
        )
