"""Queues on SQS, and tasks that EventBridge Scheduler runs on time."""

from components.integration.queues import Queues, QueuesArgs
from components.integration.schedules import Schedules, SchedulesArgs

__all__ = ["Queues", "QueuesArgs", "Schedules", "SchedulesArgs"]
