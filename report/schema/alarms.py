"""The models of alarms and of the topics that they notify."""

from __future__ import annotations

from typing import Literal

from report.schema.base import Model


class Subscriber(Model):
    """One subscriber of a topic."""

    protocol: str
    endpoint: str


class Topic(Model):
    """An SNS topic with its subscribers."""

    name: str
    subscribers: tuple[Subscriber, ...]


class Alarm(Model):
    """An alarm, or a rule that notifies when an event occurs."""

    name: str
    kind: Literal["metric", "composite", "event"]
    description: str
    condition: str
    """When it notifies."""
    watches: str
    """The ID of the part that it is about."""
    topics: tuple[str, ...]
    """Names of the topics that it notifies, itself or through the composite alarm in ``through``."""
    through: str = ""
    """The composite alarm that notifies in its place; several alarms with one cause notify once."""
    state: str = ""
    """``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``; empty for events."""
