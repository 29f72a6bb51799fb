"""Alarms on queues: messages that nobody processes, and dead letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi

from components.monitoring.alarm import Alarm, Metric

MINUTE_S = 60


@dataclass(frozen=True, kw_only=True)
class QueueMetrics:
    """One queue and its dead-letter queue."""

    key: str
    """Its short name."""
    queue_name: pulumi.Input[str]
    dead_letter_queue_name: pulumi.Input[str]
    max_age_minutes: int


def queue_alarms(queues: Sequence[QueueMetrics]) -> Iterator[Alarm]:
    """Yield the alarms on each queue and its dead-letter queue."""
    for queue in queues:
        yield Alarm(
            id="AL19",
            slug=f"queue-old-{queue.key}",
            description=f"The oldest message of the queue {queue.key} waits longer than "
            f"{queue.max_age_minutes} minutes: its readers are too slow, or fail.",
            series=_maximum("ApproximateAgeOfOldestMessage", queue.queue_name),
            compare=">",
            threshold=queue.max_age_minutes * MINUTE_S,
            severity="critical",
        )
        yield Alarm(
            id="AL19",
            slug=f"dead-letters-{queue.key}",
            description=f"Messages of the queue {queue.key} could not be processed: read them in its "
            "dead-letter queue, and move them back once the cause is corrected.",
            series=_maximum("ApproximateNumberOfMessagesVisible", queue.dead_letter_queue_name),
            threshold=1,
            severity="critical",
        )


def _maximum(metric: str, queue_name: pulumi.Input[str]) -> Metric:
    return Metric(namespace="AWS/SQS", name=metric, dimensions={"QueueName": queue_name}, stat="Maximum")
