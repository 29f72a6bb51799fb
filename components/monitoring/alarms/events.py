"""Events that have no metric: deployments, tasks, commands and rotations that fail."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from components.monitoring.event_rule import Event
from settings.names import Names


def cluster_events(cluster_name: pulumi.Input[str], names: Names) -> Iterator[Event]:
    """Yield the events of one ECS cluster of this account."""
    base = f"arn:aws:ecs:{names.region}:{names.account_id}"
    yield Event(
        id="AL9",
        slug="deployment-failed",
        description="A deployment failed and is rolled back.",
        pattern={
            "source": ["aws.ecs"],
            "detail-type": ["ECS Deployment State Change"],
            "resources": [{"prefix": pulumi.Output.concat(base, ":service/", cluster_name, "/")}],
            "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
        },
        what="$.resources[0]",
        why="$.detail.reason",
    )
    yield Event(
        id="AL9",
        slug="task-cannot-start",
        description="A task could not get its image or its secrets.",
        pattern={
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "clusterArn": [pulumi.Output.concat(base, ":cluster/", cluster_name)],
                "stoppedReason": [{"prefix": "ResourceInitializationError"}],
            },
        },
        what="$.detail.group",
        why="$.detail.stoppedReason",
    )


def host_events(names: Names) -> Iterator[Event]:
    """Yield the events of this application's commands and of its host's patches."""
    yield Event(
        id="BL4",
        slug="command-failed",
        description="A command on the host failed.",
        pattern={
            "source": ["aws.ssm"],
            "detail-type": ["EC2 Command Status-change Notification"],
            "detail": {
                "document-name": [{"prefix": names.part("")}],
                "status": ["Failed", "TimedOut", "Cancelled"],
            },
        },
        what="$.detail.document-name",
        why="$.detail.status",
    )
    yield Event(
        id="BL5",
        slug="patches-missing",
        description="Patches are missing on the host.",
        pattern={
            "source": ["aws.ssm"],
            "detail-type": ["Configuration Compliance State Change"],
            "detail": {"compliance-type": ["Patch"], "compliance-status": ["non_compliant"]},
        },
        what="$.detail.resource-id",
        why="$.detail.compliance-status",
        severity="warning",
    )


def rotation_events() -> Iterator[Event]:
    """Yield the events of failed rotations, of every secret of the account."""
    yield Event(
        id="S6",
        slug="rotation-failed",
        description="The rotation of a secret failed.",
        pattern={
            "source": ["aws.secretsmanager"],
            "detail-type": ["AWS Service Event via CloudTrail"],
            "detail": {"eventName": ["RotationFailed", "RotationAbandoned", "TestRotationFailed"]},
        },
        what="$.detail.additionalEventData.SecretId",
        why="$.detail.eventName",
    )
