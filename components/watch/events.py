"""What happens once and leaves no metric: failed deployments, tasks that cannot start, database events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, rds

from components.options import child_of
from components.topics import Topics
from settings.names import Names

DEPLOYMENT_FAILED, CANNOT_START = "AL9-deployment-failed", "AL9-task-cannot-start"

DATABASE_EVENTS = {
    "db-instance": ("maintenance", "configuration change", "failure"),
    "db-parameter-group": ("configuration change",),
}


def alarm_on_ecs_events(
    owner: pulumi.ComponentResource, cluster_name: pulumi.Input[str], names: Names, topics: Topics
) -> None:
    """AL9: a deployment of the cluster fails, or a task gets neither its image nor its secrets."""
    base = f"arn:aws:ecs:{names.region}:{names.account_id}"
    _rule(
        owner,
        DEPLOYMENT_FAILED,
        "AL9: A deployment failed and is rolled back.",
        {
            "source": ["aws.ecs"],
            "detail-type": ["ECS Deployment State Change"],
            "resources": [{"prefix": pulumi.Output.concat(base, ":service/", cluster_name, "/")}],
            "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
        },
        {"what": "$.resources[0]", "why": "$.detail.reason"},
        names,
        topics,
    )
    _rule(
        owner,
        CANNOT_START,
        "AL9: A task got neither its image nor its secrets.",
        {
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "clusterArn": [pulumi.Output.concat(base, ":cluster/", cluster_name)],
                "stoppedReason": [{"prefix": "ResourceInitializationError"}],
            },
        },
        {"what": "$.detail.group", "why": "$.detail.stoppedReason"},
        names,
        topics,
    )


def _rule(
    owner: pulumi.ComponentResource,
    label: str,
    says: str,
    event: Mapping[str, Any],
    paths: Mapping[str, str],
    names: Names,
    topics: Topics,
) -> None:
    part, name = child_of(owner), f"{owner.pulumi_resource_name}-{label}"
    rule = cloudwatch.EventRule(
        name,
        name=names.part(label),
        description=says,
        event_pattern=pulumi.Output.json_dumps(event),
        state="ENABLED",
        opts=part,
    )
    cloudwatch.EventTarget(
        name,
        rule=rule.name,
        arn=topics.critical,
        # The whole event would carry a one-off task's overrides, which may hold anything, into a mailbox.
        input_transformer=cloudwatch.EventTargetInputTransformerArgs(
            input_paths=dict(paths), input_template=f'"{says} <what>: <why>"'
        ),
        opts=part,
    )


def hear_of_database_events(owner: pulumi.ComponentResource, names: Names, topics: Topics) -> None:
    """AL16: what RDS itself reports of the account's instances and parameter groups."""
    for source, categories in DATABASE_EVENTS.items():
        rds.EventSubscription(
            f"{owner.pulumi_resource_name}-AL16-{source}",
            name=names.part(f"AL16-{source}"),
            source_type=source,
            event_categories=list(categories),
            sns_topic=topics.warning,
            enabled=True,
            opts=child_of(owner),
        )
