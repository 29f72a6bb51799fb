"""Attachments of queues and schedules, which their own checks compare with the stack file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ops.checks.verify.attachments.row import Checked, Nothing, Row, Unread

ROWS: Mapping[str, Sequence[Row]] = {
    "aws:sqs/queue:Queue": (
        Checked("queue policy", "queues-users"),
        Checked("dead-letter queue", "queues-dead-letters"),
        Checked("key", "queues-encrypted"),
        Unread(
            "event source mapping or pipe",
            "it receives with a role, and which roles may receive is checked by queues-users",
        ),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": (Nothing("it is a part of the queue"),),
    "aws:scheduler/scheduleGroup:ScheduleGroup": (Checked("schedule", "schedules-undeclared"),),
    "aws:scheduler/schedule:Schedule": (Checked("target, role or time", "schedules-present"),),
}
