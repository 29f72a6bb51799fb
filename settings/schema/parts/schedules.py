"""The model of a schedule of EventBridge Scheduler."""

from __future__ import annotations

from pydantic import Field

from settings.schema.base import Model, Slug


class ScheduleSettings(Model):
    """One entry of ``strongroom:schedules``: runs a task on time; the map's key is its short name."""

    task: Slug
    """The one-off task, tool or service whose task definition it runs, in its latest revision."""
    expression: str = Field(max_length=256)
    """When it runs: ``cron(0 3 * * ? *)`` or ``rate(15 minutes)``."""
    time_zone: str = "UTC"
    """The time zone of a cron expression, as in the IANA database (``Europe/Dublin``)."""
    command: tuple[str, ...] = ()
    """Replaces the command of the container; required where ``task`` is a service."""
    retries: int = Field(default=2, ge=0, le=185)
    """How often Scheduler tries again to start the task."""
    retry_s: int = Field(default=3600, ge=60, le=86_400)
    """Seconds after which Scheduler no longer tries."""
    enabled: bool = True
    """Whether it runs; ``false`` pauses it."""
