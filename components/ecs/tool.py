"""A task definition that people run by hand, with its own image, roles, log and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import pulumi
from pulumi_aws import cloudwatch

from components.ecs.cluster import Cluster
from components.ecs.task_definition import container, fargate_task, log_configuration
from components.ecs.task_roles import task_roles
from components.options import child_of
from settings.names import Names
from settings.schema.services import ToolSettings


@dataclass(frozen=True, kw_only=True)
class ToolArgs:
    """Which tool of the cluster this is."""

    tool: str
    cluster: Cluster


class Tool(pulumi.ComponentResource):
    """A task definition that reads the secrets naming it; no service or pipeline starts it."""

    task_definition_arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]
    role_arns: list[pulumi.Output[str]]
    """Execution and task role; a principal that runs the tool must be allowed to pass them."""

    def __init__(self, name: str, args: ToolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Tool", name, None, opts)
        tool, cluster = args.tool, args.cluster
        names, settings = cluster.names, cluster.platform.tools[tool]
        log_group = cloudwatch.LogGroup(
            f"{name}-log",
            name=names.log_group(tool),
            retention_in_days=cluster.log_days,
            kms_key_id=cluster.keys.arns["logs"],
            opts=child_of(self),
        )
        # No ECS Exec: a tool reads encryption keys.
        roles = task_roles(
            self, tool, cluster=replace(cluster, exec_access=None), log_group_arn=log_group.arn
        )
        definition = fargate_task(
            self,
            f"{name}-task",
            of=tool,
            settings=settings,
            family=names.part(tool),
            cluster=cluster,
            roles=roles,
            containers=partial(
                tool_definition, tool, settings, names, cluster.shared_variables.get(tool, {})
            ),
            depends_on=[roles.start],
        )
        self.log_group_name = log_group.name
        self.role_arns = [roles.execution.arn, roles.task.arn]
        self.task_definition_arn = definition.arn
        self.register_outputs({"taskDefinitionArn": self.task_definition_arn})


def tool_definition(
    tool: str,
    settings: ToolSettings,
    names: Names,
    variables: Mapping[str, str],
    image: pulumi.Input[str],
    secrets: Mapping[str, pulumi.Input[str]],
) -> pulumi.Output[str]:
    """The canonical JSON text of its one container: sorted, no nulls."""
    only = {
        **container(
            tool,
            user=settings.user,
            writable_paths=settings.writable_paths,
            log=log_configuration(names, tool, tool),
        ),
        "command": list(settings.command),
        "environment": [{"name": name, "value": value} for name, value in sorted(variables.items())],
        "image": image,
        "secrets": [{"name": env, "valueFrom": arn} for env, arn in sorted(secrets.items())],
    }
    return pulumi.Output.json_dumps([only], sort_keys=True, separators=(",", ":"))
