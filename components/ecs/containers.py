"""An application's services in one cluster, each started after those it calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ecs

from components.ecs.cluster import Cluster, make_cluster
from components.ecs.ecr import Registry
from components.ecs.service import Service, ServiceArgs
from components.ecs.service_connect import callees_first
from components.ecs.tool import Tool, ToolArgs
from components.edge.edge import Edge
from components.kms.keys import Keys
from components.network.placement import Placement
from components.options import child_of
from components.secrets.secrets import Secrets
from settings.connections import callees
from settings.schema.services import ContainersSettings
from settings.schema.stack import Settings


@dataclass(frozen=True, kw_only=True)
class ContainersArgs:
    """What the services are connected to."""

    settings: Settings
    platform: ContainersSettings
    placement: Placement
    security_group_ids: Mapping[str, pulumi.Input[str]]
    """By service."""
    keys: Keys
    registry: Registry
    secrets: Secrets
    edge: Edge
    """The door, which leads to the gateway only."""
    after: Sequence[pulumi.Resource] = ()
    """Ways out that every task needs before it starts: endpoints, routes."""


class Containers(pulumi.ComponentResource):
    """One ECS cluster on Fargate."""

    cluster_name: pulumi.Output[str]
    services: dict[str, Service]
    service_names: dict[str, pulumi.Output[str]]
    """ECS service names by service."""
    log_groups: dict[str, pulumi.Output[str]]
    """Log group names by service."""
    role_arns: list[pulumi.Output[str]]
    """Every execution and task role: what whoever starts a task passes on."""
    one_off_tasks: dict[str, ecs.TaskDefinition]
    """Task definitions with a service's image that no service keeps running, by name."""
    tools: dict[str, Tool]
    tool_logs: dict[str, pulumi.Output[str]]
    """Log group names by tool."""
    facts: dict[str, pulumi.Input[Any]]
    """What pipelines must know to deploy here; none of it secret."""

    def __init__(self, name: str, args: ContainersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Containers", name, None, opts)
        self._name, self._args = name, args
        cluster = make_cluster(
            self,
            name,
            settings=args.settings,
            platform=args.platform,
            placement=args.placement,
            security_group_ids=args.security_group_ids,
            keys=args.keys,
            registry=args.registry,
            secret_arns=args.secrets.arns,
        )
        self.services = {}
        for service in callees_first(args.platform):
            self.services[service] = self._service(service, cluster)
        self.one_off_tasks = {
            task: self.services[one.service].one_off(task, one.command)
            for task, one in args.platform.one_off_tasks.items()
        }
        self.tools = {
            tool: Tool(f"{name}-{tool}", ToolArgs(tool=tool, cluster=cluster), child_of(self))
            for tool in args.platform.tools
        }
        self.cluster_name = cluster.name
        self.service_names = {key: one.service_name for key, one in self.services.items()}
        self.log_groups = {key: one.log_group_name for key, one in self.services.items()}
        self.tool_logs = {key: one.log_group_name for key, one in self.tools.items()}
        runs = (*self.services.values(), *self.tools.values())
        self.role_arns = [arn for one in runs for arn in one.role_arns]
        self.facts = self._facts()
        self.register_outputs({"clusterName": self.cluster_name})

    def _service(self, service: str, cluster: Cluster) -> Service:
        args, gateway = self._args, self._args.platform.gateway
        started = [
            self.services[one].resource for one in callees(args.platform, service) if one in self.services
        ]
        # Without its listener the target group belongs to no load balancer, and ECS refuses the service.
        door = [args.edge.listener] if service == gateway else []
        return Service(
            f"{self._name}-{service}",
            ServiceArgs(
                service=service,
                cluster=cluster,
                target_group_arn=args.edge.target_group_arn if service == gateway else None,
                after=[*args.after, *door, *started],
            ),
            child_of(self),
        )

    def _facts(self) -> dict[str, pulumi.Input[Any]]:
        args = self._args
        return {
            "clusterName": self.cluster_name,
            "services": {
                name: {
                    "serviceName": one.service_name,
                    "taskFamily": args.settings.names.part(name),
                    "baseTaskDefinitionArn": one.task_definition_arn,
                    "containerName": name,
                    "containerPort": args.platform.services[name].port,
                    "repositoryUrl": args.registry.urls[name],
                    "logGroup": one.log_group_name,
                }
                for name, one in self.services.items()
            },
            "oneOffTasks": {
                name: {
                    "taskDefinitionArn": self.one_off_tasks[name].arn,
                    "subnetIds": list(args.placement.subnet_ids),
                    "securityGroupId": args.security_group_ids[task.service],
                }
                for name, task in args.platform.one_off_tasks.items()
            }
            | {
                name: {
                    "taskDefinitionArn": tool.definition.arn,
                    "subnetIds": list(args.placement.subnet_ids),
                    "securityGroupId": args.security_group_ids[name],
                }
                for name, tool in self.tools.items()
            },
        }
