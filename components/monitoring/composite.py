"""Declares composite alarms from plain data: several alarms with one cause send one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from components.monitoring.alarm import Severity
from components.monitoring.topics import Topics
from components.options import child_of
from settings.names import Names

WAIT_S = 180
"""How long a composite alarm waits for the alarm that suppresses its actions to go off too."""
EXTENSION_S = 300
"""How long its actions stay suppressed after that alarm has ended."""


@dataclass(frozen=True, kw_only=True)
class Composite:
    """An alarm that is in ALARM while one of others is, and notifies in their place."""

    id: str
    """Its code in docs/requirements.md (``AL10``), the first part of its name."""
    slug: str
    description: str
    severity: Severity
    alarms: Sequence[str]
    """Labels of the alarms, 100 at most, which have no actions of their own."""
    unless: str
    """Label of the alarm that suppresses its actions: it notifies of the cause itself."""

    @property
    def label(self) -> str:
        """``AL10-slow-user``."""
        return f"{self.id}-{self.slug}"


def declare_composite(
    owner: pulumi.ComponentResource,
    composite: Composite,
    alarms: Mapping[str, cloudwatch.MetricAlarm],
    names: Names,
    topics: Topics,
) -> None:
    """Make ``composite`` a child of ``owner``; ``alarms`` are the alarms of the stack by label."""
    told = [topics.critical if composite.severity == "critical" else topics.warning]
    states = [pulumi.Output.concat('ALARM("', alarms[label].name, '")') for label in composite.alarms]
    cloudwatch.CompositeAlarm(
        f"{owner.pulumi_resource_name}-{composite.label}",
        alarm_name=names.part(composite.label),
        alarm_description=composite.description,
        alarm_rule=pulumi.Output.all(*states).apply(" OR ".join),
        actions_enabled=True,
        actions_suppressor=cloudwatch.CompositeAlarmActionsSuppressorArgs(
            alarm=alarms[composite.unless].name, wait_period=WAIT_S, extension_period=EXTENSION_S
        ),
        alarm_actions=told,
        ok_actions=told,
        opts=child_of(owner, topics.ready),
    )
