"""The model of an SQS queue of the application."""

from __future__ import annotations

from pydantic import Field

from settings.schema.base import EnvName, Model, Slug

MAX_RETENTION_DAYS = 14
"""The longest time for which SQS retains a message."""


class QueueSettings(Model):
    """One entry of ``strongroom:queues``: an SQS queue with a dead-letter queue; the map's key is its short
    name."""

    readers: tuple[Slug, ...] = ()
    """Names of services, tools or ``host`` that may receive and delete its messages."""
    writers: tuple[Slug, ...] = ()
    """Names of services, tools or ``host`` that may send messages."""
    env: EnvName | None = None
    """The environment variable in which its readers and writers receive the queue's URL."""
    retention_days: int = Field(default=4, ge=1, le=MAX_RETENTION_DAYS)
    """Days for which SQS retains a message that nobody deletes; dead letters are retained for 14 days."""
    visibility_timeout_s: int = Field(default=60, ge=1, le=43_200)
    """Seconds for which other receivers do not get a received message: longer than processing it takes."""
    max_receives: int = Field(default=5, ge=1, le=1000)
    """How often a message is received before SQS moves it to the dead-letter queue."""
    max_age_minutes: int = Field(default=15, ge=1, le=20_160)
    """The age of the oldest message above which an alarm notifies."""
