"""Derives the names and ARNs of buckets, queues and schedules."""

from __future__ import annotations

from dataclasses import dataclass

from settings.names.backups import BackupNames


@dataclass(frozen=True, kw_only=True)
class PartNames(BackupNames):
    """The names of one stack's buckets, queues and schedules, and of its backups."""

    def bucket(self, what: str) -> str:
        """A bucket of the application; bucket names are global, so it contains account and region."""
        return self.part(f"data-{what}-{self.account_id}-{self.region}")

    def queue(self, what: str) -> str:
        """A queue of the application: ``shop-queue-jobs``."""
        return self.part(f"queue-{what}")

    def dead_letter_queue(self, what: str) -> str:
        """The queue of the messages that could not be processed: ``shop-dead-letters-jobs``."""
        return self.part(f"dead-letters-{what}")

    def queue_arn(self, queue: str) -> str:
        """The ARN of a queue of this account, by its full name."""
        return f"arn:aws:sqs:{self.region}:{self.account_id}:{queue}"

    def queue_url(self, queue: str) -> str:
        """The URL of a queue of this account, by its full name."""
        return f"https://sqs.{self.region}.amazonaws.com/{self.account_id}/{queue}"

    @property
    def cluster_arn(self) -> str:
        """The ARN of the ECS cluster."""
        return f"arn:aws:ecs:{self.region}:{self.account_id}:cluster/{self.part(self.environment)}"

    def task_family_arn(self, family: str) -> str:
        """The ARN of a task definition without a revision, by which its latest one runs."""
        return f"arn:aws:ecs:{self.region}:{self.account_id}:task-definition/{family}"

    @property
    def schedule_group(self) -> str:
        """The group of the schedules: ``shop-prod``."""
        return self.part(self.environment)

    @property
    def schedule_group_arn(self) -> str:
        """The ARN of the group of the schedules."""
        return f"arn:aws:scheduler:{self.region}:{self.account_id}:schedule-group/{self.schedule_group}"

    def schedule_role(self, schedule: str) -> str:
        """The role with which Scheduler runs the task of one schedule."""
        return self.part(f"schedule-{schedule}")

    def scheduled_group(self, schedule: str) -> str:
        """The ECS task group of the tasks that a schedule runs: ``schedule:nightly``."""
        return f"schedule:{schedule}"
