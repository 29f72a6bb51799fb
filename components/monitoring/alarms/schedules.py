"""Alarms on schedules that cannot start their task, and events of scheduled tasks that fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi

from components.monitoring.alarm import Alarm, Math, Metric
from components.monitoring.event_rule import Event

_FAILURES = ("TargetErrorCount", "InvocationDroppedCount")


@dataclass(frozen=True, kw_only=True)
class ScheduleMetrics:
    """The group of the schedules, and the ECS task groups of the tasks that they run."""

    group_name: pulumi.Input[str]
    cluster_arn: str
    task_groups: Sequence[str]


def schedule_alarms(schedules: ScheduleMetrics) -> Iterator[Alarm]:
    """Yield the alarm on tasks that Scheduler could not start."""
    yield Alarm(
        id="AL20",
        slug="schedule-failed",
        description="A schedule could not start its task: look for RunTask of the role of the schedule in "
        "CloudTrail.",
        series=Math(
            # Scheduler publishes a number only where it is not zero.
            expression=" + ".join(f"FILL({metric.lower()}, 0)" for metric in _FAILURES),
            label="failed invocations",
            metrics={
                metric.lower(): Metric(
                    namespace="AWS/Scheduler",
                    name=metric,
                    dimensions={"ScheduleGroup": schedules.group_name},
                )
                for metric in _FAILURES
            },
        ),
        threshold=1,
        severity="critical",
    )


def schedule_events(schedules: ScheduleMetrics) -> Iterator[Event]:
    """Yield the event of a scheduled task that ends with an error."""
    yield Event(
        id="AL20",
        slug="scheduled-task-failed",
        description="A scheduled task ended with an error: read its log.",
        pattern={
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "clusterArn": [schedules.cluster_arn],
                "group": list(schedules.task_groups),
                "lastStatus": ["STOPPED"],
                "containers": {"exitCode": [{"anything-but": 0}]},
            },
        },
        what="$.detail.group",
        why="$.detail.stoppedReason",
    )
