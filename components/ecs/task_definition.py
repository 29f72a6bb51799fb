"""A task definition has the image, the roles and exactly the secrets of one service or tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pulumi
from pulumi_aws import ecs

from components.ecs.cluster import Cluster
from components.ecs.task_roles import TaskRoles
from components.options import child_of
from settings.grants import entries_read_by
from settings.schema.services import ServiceSettings, ToolSettings

# No image has this digest, and none can be pushed under it: such a task cannot start before its deployment.
NO_IMAGE = f"sha256:{'0' * 64}"

Containers = Callable[[pulumi.Input[str], Mapping[str, pulumi.Input[str]]], pulumi.Output[str]]
"""Takes the image, and secrets' ARNs by variable; answers with the containers' canonical JSON text."""


def fargate_task(
    owner: pulumi.Resource,
    label: str,
    *,
    of: str,
    settings: ServiceSettings | ToolSettings,
    family: str,
    cluster: Cluster,
    roles: TaskRoles,
    containers: Containers,
    after: Sequence[pulumi.Resource] | None = None,
) -> ecs.TaskDefinition:
    """Give ``owner`` a task definition of ``family`` with what the service or tool ``of`` has."""
    image = pulumi.Output.concat(cluster.registry.urls[of], "@", settings.image or NO_IMAGE)
    entries = entries_read_by(cluster.settings, of)
    secrets = {one.env: cluster.secret_arns[one.store_name] for one in entries if one.env}
    return ecs.TaskDefinition(
        label,
        family=family,
        container_definitions=containers(image, secrets),
        cpu=str(settings.cpu),
        memory=str(settings.memory_mib),
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        runtime_platform=ecs.TaskDefinitionRuntimePlatformArgs(
            operating_system_family="LINUX", cpu_architecture=cluster.platform.architecture
        ),
        execution_role_arn=roles.execution.arn,
        task_role_arn=roles.task.arn,
        # An older revision may still run, or be what a deployment rolls back to.
        skip_destroy=True,
        opts=child_of(owner, after),
    )
