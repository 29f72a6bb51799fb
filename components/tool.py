"""A task that people run by hand and nothing keeps running: its own image, roles, log and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi
from pulumi_aws import cloudwatch, ecs

from components.cluster import Cluster
from components.container import container
from components.options import child_of
from components.service import NO_IMAGE
from components.task_log import log_configuration
from components.task_roles import task_roles
from settings.grants import entries_read_by
from settings.names import Names
from settings.services import ToolSettings


@dataclass(frozen=True, kw_only=True)
class ToolArgs:
    """Which tool of the cluster this is."""

    tool: str
    cluster: Cluster


class Tool(pulumi.ComponentResource):
    """A task definition that reads what names it as reader, and that no service and no pipeline starts."""

    definition: ecs.TaskDefinition
    log_group_name: pulumi.Output[str]
    role_arns: list[pulumi.Output[str]]
    """Execution and task role: what whoever runs it passes on."""

    def __init__(self, name: str, args: ToolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Tool", name, None, opts)
        tool, cluster = args.tool, args.cluster
        names, settings = cluster.settings.names, cluster.platform.tools[tool]
        log_group = cloudwatch.LogGroup(
            f"{name}-log",
            name=names.log_group(tool),
            retention_in_days=cluster.settings.monitoring.log_days,
            kms_key_id=cluster.keys.arns["logs"],
            opts=child_of(self),
        )
        # Nobody opens a shell beside keys, not even where services take shells.
        roles = task_roles(
            self, tool, cluster=replace(cluster, exec_access=None), log_group_arn=log_group.arn
        )
        image = pulumi.Output.concat(cluster.registry.urls[tool], "@", settings.image or NO_IMAGE)
        entries = entries_read_by(cluster.settings, tool)
        secrets = {one.env: cluster.secret_arns[one.store_name] for one in entries if one.env}
        self.definition = ecs.TaskDefinition(
            f"{name}-task",
            family=names.part(tool),
            container_definitions=tool_definition(tool, settings, names, image, secrets),
            cpu=str(settings.cpu),
            memory=str(settings.memory_mib),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform=ecs.TaskDefinitionRuntimePlatformArgs(
                operating_system_family="LINUX", cpu_architecture=cluster.platform.architecture
            ),
            execution_role_arn=roles.execution.arn,
            task_role_arn=roles.task.arn,
            # A task that was started from an older revision may still run.
            skip_destroy=True,
            opts=child_of(self, [roles.start]),
        )
        self.log_group_name = log_group.name
        self.role_arns = [roles.execution.arn, roles.task.arn]
        self.register_outputs({"taskDefinitionArn": self.definition.arn})


def tool_definition(
    tool: str,
    settings: ToolSettings,
    names: Names,
    image: pulumi.Input[str],
    secrets: Mapping[str, pulumi.Input[str]],
) -> pulumi.Output[str]:
    """The canonical JSON text of its one container: everything sorted, nothing null (T19)."""
    only = {
        **container(
            tool,
            user=settings.user,
            writable_paths=settings.writable_paths,
            log=log_configuration(names, tool, tool),
        ),
        "command": list(settings.command),
        "image": image,
        "secrets": [{"name": env, "valueFrom": arn} for env, arn in sorted(secrets.items())],
    }
    return pulumi.Output.json_dumps([only], sort_keys=True, separators=(",", ":"))
