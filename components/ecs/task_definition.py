"""The Fargate task definition of one service or tool, and what its containers have in common.

No container runs as root, has capabilities or writes to its root file system; all log to one log group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import ecs

from components.ecs.cluster import Cluster
from components.ecs.task_roles import TaskRoles
from components.options import child_of
from settings.names import Names
from settings.schema.services import ServiceSettings, ToolSettings
from settings.schema.tasks import NO_IMAGE

STOP_TIMEOUT_S = 30
TMPFS_MIB = 128
LOG_BUFFER = "25m"
"""MiB of buffered log lines; lines that do not fit are dropped."""

Container = dict[str, Any]
"""One container definition, with ECS's own keys."""
ContainersOf = Callable[[pulumi.Input[str], Mapping[str, pulumi.Input[str]]], pulumi.Output[str]]
"""Takes the image, and secrets' ARNs by variable; returns the containers' canonical JSON text."""


def container(
    name: str, *, user: str, writable_paths: Iterable[str], log: dict[str, Any], writable_root: bool = False
) -> Container:
    """The common part of a container; the caller adds image, secrets, environment, ports and health check."""
    return {
        "cpu": 0,
        "essential": True,
        "environment": [],
        "linuxParameters": {
            "capabilities": {"add": [], "drop": ["ALL"]},
            "initProcessEnabled": True,
            "tmpfs": [
                {"containerPath": path, "mountOptions": ["noexec", "nosuid", "nodev"], "size": TMPFS_MIB}
                for path in sorted(writable_paths)
            ],
        },
        "logConfiguration": log,
        "mountPoints": [],
        "name": name,
        "portMappings": [],
        "privileged": False,
        "readonlyRootFilesystem": not writable_root,
        "stopTimeout": STOP_TIMEOUT_S,
        "systemControls": [],
        "user": user,
        "volumesFrom": [],
    }


def log_configuration(names: Names, service: str, stream: str) -> dict[str, Any]:
    """The ``awslogs`` configuration of one container, with ECS's own keys."""
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": names.log_group(service),
            "awslogs-region": names.region,
            "awslogs-stream-prefix": stream,
            "max-buffer-size": LOG_BUFFER,
            "mode": "non-blocking",
        },
        "secretOptions": [],
    }


def fargate_task(
    owner: pulumi.Resource,
    label: str,
    *,
    of: str,
    settings: ServiceSettings | ToolSettings,
    family: str,
    cluster: Cluster,
    roles: TaskRoles,
    containers: ContainersOf,
    depends_on: Sequence[pulumi.Resource] | None = None,
) -> ecs.TaskDefinition:
    """Give ``owner`` a task definition of ``family`` for the service or tool ``of``."""
    image = pulumi.Output.concat(cluster.registry.urls[of], "@", settings.image or NO_IMAGE)
    secrets = {entry.env: cluster.secret_arns[entry.store_name] for entry in cluster.entries[of] if entry.env}
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
        opts=child_of(owner, depends_on),
    )
