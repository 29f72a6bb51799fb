"""Creates an application's ECS services in one cluster, each after the services it calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.ecs.cluster import Cluster, make_cluster
from components.ecs.ecr import Registry
from components.ecs.service import Service, ServiceArgs
from components.ecs.service_connect import callees_first
from components.ecs.tool import Tool, ToolArgs
from components.edge import Edge
from components.kms import Keys
from components.monitoring import ServiceMetrics
from components.network import Placement
from components.options import child_of
from iam_documents import Statement
from settings.connections import callees
from settings.grants import StoreEntry
from settings.names import Names
from settings.schema.services import ContainersSettings


@dataclass(frozen=True, kw_only=True)
class ContainersArgs:
    """The resources that the services use."""

    names: Names
    platform: ContainersSettings
    log_days: int
    administrators: Sequence[str]
    """Role ARN patterns of the administrators of the ECS Exec key."""
    entries: Mapping[str, Sequence[StoreEntry]]
    """The secrets that each service and tool reads."""
    shared_rights: Mapping[str, Sequence[Statement]] = field(default_factory=dict)
    """What each service and tool may do with buckets and queues, in addition to reading secrets."""
    shared_variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Names of buckets and URLs of queues, by service or tool and variable."""
    runtime_monitoring: bool
    """Whether GuardDuty runs its agent beside tasks."""
    placement: Placement
    security_group_ids: Mapping[str, pulumi.Input[str]]
    """Security group ids by service."""
    keys: Keys
    registry: Registry
    secret_arns: Mapping[str, pulumi.Input[str]]
    """Exact ARNs by store name."""
    edge: Edge | None = None
    """The load balancer, which forwards requests to the gateway and to the services of routes."""
    depends_on: Sequence[pulumi.Resource] = ()
    """What every task needs before it starts: endpoints, routes, secret values."""


class Containers(pulumi.ComponentResource):
    """One ECS cluster on Fargate."""

    cluster_name: pulumi.Output[str]
    service_names: dict[str, pulumi.Output[str]]
    """ECS service names by service."""
    log_groups: dict[str, pulumi.Output[str]]
    """Log group names by service."""
    metrics: ServiceMetrics
    """Cluster and service names, from which the service alarms are made."""
    role_arns: list[pulumi.Output[str]]
    """Every execution and task role; a principal that starts a task must be allowed to pass them."""
    tool_logs: dict[str, pulumi.Output[str]]
    """Log group names by tool."""
    facts: dict[str, pulumi.Input[Any]]
    """This platform's facts of the deploy contract; none is secret."""

    def __init__(self, name: str, args: ContainersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Containers", name, None, opts)
        self._args = args
        cluster = make_cluster(
            self,
            name,
            names=args.names,
            platform=args.platform,
            log_days=args.log_days,
            administrators=args.administrators,
            entries=args.entries,
            shared_rights=args.shared_rights,
            shared_variables=args.shared_variables,
            runtime_monitoring=args.runtime_monitoring,
            targets=tuple(args.edge.target_group_arns) if args.edge else (),
            placement=args.placement,
            security_group_ids=args.security_group_ids,
            keys=args.keys,
            registry=args.registry,
            secret_arns=args.secret_arns,
        )
        self._services: dict[str, Service] = {}
        for service in callees_first(args.platform):
            self._services[service] = self._service(service, cluster)
        self._tools = {
            tool: Tool(f"{name}-{tool}", ToolArgs(tool=tool, cluster=cluster), child_of(self))
            for tool in args.platform.tools
        }
        self.cluster_name = cluster.name
        self.service_names = {key: one.service_name for key, one in self._services.items()}
        self.log_groups = {key: one.log_group_name for key, one in self._services.items()}
        self.tool_logs = {key: one.log_group_name for key, one in self._tools.items()}
        runs = (*self._services.values(), *self._tools.values())
        self.role_arns = [arn for one in runs for arn in one.role_arns]
        self.facts = self._facts()
        self.metrics = ServiceMetrics(
            platform=args.platform, cluster_name=cluster.name, service_names=self.service_names
        )
        self.register_outputs({"clusterName": self.cluster_name})

    def _service(self, service: str, cluster: Cluster) -> Service:
        args, edge = self._args, self._args.edge
        started = [
            resource
            for called in callees(args.platform, service)
            if called in self._services
            for resource in self._services[called].ready
        ]
        # ECS refuses a service whose target group no listener uses yet.
        target_group_arn = edge.target_group_arns.get(service) if edge else None
        listener = edge.ready if edge and target_group_arn is not None else []
        return Service(
            f"{self.pulumi_resource_name}-{service}",
            ServiceArgs(
                service=service,
                cluster=cluster,
                target_group_arn=target_group_arn,
                depends_on=[*args.depends_on, *listener, *started],
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
                    "taskFamily": args.names.part(name),
                    "baseTaskDefinitionArn": one.task_definition_arn,
                    "containerName": name,
                    **_port(args.platform, name),
                    "repositoryUrl": args.registry.urls[name],
                    "logGroup": one.log_group_name,
                }
                for name, one in self._services.items()
            },
            "oneOffTasks": {
                name: {
                    "taskDefinitionArn": self._services[task.service].one_off_task_arns[name],
                    "containerName": name,
                    "service": task.service,
                    "subnetIds": list(args.placement.subnet_ids),
                    "securityGroupId": args.security_group_ids[task.service],
                }
                for name, task in args.platform.one_off_tasks.items()
            }
            | {
                name: {
                    "taskDefinitionArn": tool.task_definition_arn,
                    "subnetIds": list(args.placement.subnet_ids),
                    "securityGroupId": args.security_group_ids[name],
                }
                for name, tool in self._tools.items()
            },
        }


def _port(platform: ContainersSettings, service: str) -> dict[str, int]:
    port = platform.services[service].port
    return {} if port is None else {"containerPort": port}
