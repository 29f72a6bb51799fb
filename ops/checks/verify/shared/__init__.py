"""Checks of the application's buckets, queues and schedules, one module each."""

from ops.checks.verify.shared import buckets, queues, schedules

__all__ = ["buckets", "queues", "schedules"]
