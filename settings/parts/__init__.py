"""Derives from buckets, queues and schedules: who uses them, in which variables, and what a schedule runs."""

from settings.parts.access import (
    Access,
    bucket_access,
    queue_access,
    shared_users,
    shared_variables,
    used_as,
)
from settings.parts.scheduled import ScheduledTask, scheduled_task, scheduled_tasks

__all__ = [
    "Access",
    "ScheduledTask",
    "bucket_access",
    "queue_access",
    "scheduled_task",
    "scheduled_tasks",
    "shared_users",
    "shared_variables",
    "used_as",
]
