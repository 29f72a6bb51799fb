"""Declares EventBridge rules from plain data; each sends a short message, not the event, to a topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, rds

from components.monitoring.alarm import Severity
from components.monitoring.topics import Topics
from components.options import child_of
from settings.names import Names

DATABASE_EVENTS = {
    "db-instance": ("maintenance", "configuration change", "failure"),
    "db-parameter-group": ("configuration change",),
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """The event pattern, the message and the severity of one event rule."""

    id: str
    """Its code in docs/requirements.md (``AL9``), the first part of its name."""
    slug: str
    description: str
    pattern: Mapping[str, Any]
    what: str
    """JSON path of the resource concerned."""
    why: str
    """JSON path of the reason."""
    severity: Severity = "critical"

    @property
    def label(self) -> str:
        """``AL9-deployment-failed``."""
        return f"{self.id}-{self.slug}"


def create_event_rule(owner: pulumi.ComponentResource, event: Event, names: Names, topics: Topics) -> None:
    """Make the rule for ``event`` a child of ``owner`` that sends to the topic of its severity."""
    name = f"{owner.pulumi_resource_name}-{event.label}"
    rule = cloudwatch.EventRule(
        name,
        name=names.part(event.label),
        description=event.description,
        event_pattern=pulumi.Output.json_dumps(event.pattern),
        state="ENABLED",
        opts=child_of(owner),
    )
    cloudwatch.EventTarget(
        name,
        rule=rule.name,
        arn=topics.critical if event.severity == "critical" else topics.warning,
        # The whole event would be mailed, with the overrides of one-off tasks, which may contain anything.
        input_transformer=cloudwatch.EventTargetInputTransformerArgs(
            input_paths={"what": event.what, "why": event.why},
            input_template=f'"{event.description} <what>: <why>"',
        ),
        opts=child_of(owner, topics.ready),
    )


def subscribe_to_rds_events(owner: pulumi.ComponentResource, names: Names, topics: Topics) -> None:
    """Subscribe the warning topic to RDS events of the account's instances and parameter groups."""
    for source, categories in DATABASE_EVENTS.items():
        rds.EventSubscription(
            f"{owner.pulumi_resource_name}-AL16-{source}",
            # RDS stores the name in lower case: another spelling would be a difference in each preview.
            name=names.part(f"al16-{source}"),
            source_type=source,
            event_categories=list(categories),
            sns_topic=topics.warning,
            enabled=True,
            opts=child_of(owner, topics.ready),
        )
