"""Tests of the alarms on queues and schedules, and of the event of a scheduled task that fails."""

from __future__ import annotations

from components.monitoring.alarm import Math, Metric
from components.monitoring.alarms.queues import QueueMetrics, queue_alarms
from components.monitoring.alarms.schedules import ScheduleMetrics, schedule_alarms, schedule_events

JOBS = QueueMetrics(
    key="jobs",
    queue_name="shop-queue-jobs",
    dead_letter_queue_name="shop-dead-letters-jobs",
    max_age_minutes=30,
)
NIGHTLY = ScheduleMetrics(
    group_name="shop-prod", cluster_arn="arn:cluster", task_groups=["schedule:nightly", "schedule:sweep"]
)


def test_a_message_that_waits_too_long_raises_an_alarm() -> None:
    old, _ = queue_alarms([JOBS])
    assert old.label == "AL19-queue-old-jobs"
    assert old.series == Metric(
        namespace="AWS/SQS",
        name="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": "shop-queue-jobs"},
        stat="Maximum",
    )
    assert (old.compare, old.threshold, old.severity) == (">", 30 * 60, "critical")


def test_one_dead_letter_raises_an_alarm() -> None:
    _, dead = queue_alarms([JOBS])
    assert dead.label == "AL19-dead-letters-jobs"
    assert isinstance(dead.series, Metric)
    assert dead.series.dimensions == {"QueueName": "shop-dead-letters-jobs"}
    assert dead.series.name == "ApproximateNumberOfMessagesVisible"
    assert (dead.compare, dead.threshold, dead.severity) == (">=", 1, "critical")


def test_a_task_that_could_not_be_started_raises_an_alarm() -> None:
    (failed,) = schedule_alarms(NIGHTLY)
    assert isinstance(failed.series, Math)
    assert failed.series.expression == "FILL(targeterrorcount, 0) + FILL(invocationdroppedcount, 0)"
    assert {one.name for one in failed.series.metrics.values()} == {
        "TargetErrorCount",
        "InvocationDroppedCount",
    }
    assert {tuple(one.dimensions.items()) for one in failed.series.metrics.values()} == {
        (("ScheduleGroup", "shop-prod"),)
    }
    assert (failed.threshold, failed.severity) == (1, "critical")


def test_a_scheduled_task_that_ends_with_an_error_is_an_event() -> None:
    (event,) = schedule_events(NIGHTLY)
    assert event.pattern["detail"] == {
        "clusterArn": ["arn:cluster"],
        "group": ["schedule:nightly", "schedule:sweep"],
        "lastStatus": ["STOPPED"],
        "containers": {"exitCode": [{"anything-but": 0}]},
    }
