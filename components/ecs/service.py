"""One ECS service on Fargate: private, not root, rolled back when a deployment fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
from pulumi_aws import cloudwatch, ecs

from components.ecs.autoscaling import scale
from components.ecs.cluster import Cluster
from components.ecs.container_definitions import SIDECAR, Task, definition
from components.ecs.service_connect import service_connect, urls
from components.ecs.task_definition import fargate_task
from components.ecs.task_roles import task_roles
from components.monitoring import deployment_alarms
from components.options import child_of

GRACE_PERIOD_S = 60


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """Which service of the cluster this is, and what it depends on."""

    service: str
    cluster: Cluster
    target_group_arn: pulumi.Input[str] | None = None
    """The load balancer's target group; the gateway and the services of routes have one."""
    depends_on: Sequence[pulumi.Resource] = ()
    """What must exist before its first task: a listener, the services it calls."""


class Service(pulumi.ComponentResource):
    """A container service with its log group, roles, task definition and scaling."""

    service_name: pulumi.Output[str]
    log_group_name: pulumi.Output[str]
    task_definition_arn: pulumi.Output[str]
    """The base task definition, which deployments copy with their own image."""
    one_off_task_arns: dict[str, pulumi.Output[str]]
    """Task definitions of one-off tasks that use this service's image, by name."""
    role_arns: list[pulumi.Output[str]]
    """Execution and task role, which a deployment must be allowed to pass."""
    ready: Sequence[pulumi.Resource]
    """The ECS service: what a caller of it depends on."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Service", name, None, opts)
        cluster, service = args.cluster, args.service
        self._service, self._cluster = service, cluster
        self._names, self._settings = cluster.names, cluster.platform.services[service]
        log_group = cloudwatch.LogGroup(
            f"{name}-log",
            name=self._names.log_group(service),
            retention_in_days=cluster.log_days,
            kms_key_id=cluster.keys.arns["logs"],
            opts=child_of(self),
        )
        self._roles = task_roles(self, service, cluster=cluster, log_group_arn=log_group.arn)
        base = self._define(service)
        running = ecs.Service(
            f"{name}-service",
            name=self._names.part(service),
            cluster=cluster.arn,
            task_definition=base.arn,
            desired_count=self._settings.min_tasks if self._settings.image else 0,
            launch_type="FARGATE",
            platform_version="LATEST",
            network_configuration=ecs.ServiceNetworkConfigurationArgs(
                subnets=list(cluster.placement.subnet_ids),
                security_groups=[cluster.security_group_ids[service]],
                assign_public_ip=False,
            ),
            service_connect_configuration=service_connect(cluster, self._task(service)),
            load_balancers=self._behind(args.target_group_arn),
            health_check_grace_period_seconds=GRACE_PERIOD_S if args.target_group_arn else None,
            deployment_controller=ecs.ServiceDeploymentControllerArgs(type="ECS"),
            deployment_circuit_breaker=ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
            alarms=ecs.ServiceAlarmsArgs(
                enable=True,
                rollback=True,
                alarm_names=deployment_alarms(self._names, cluster.platform, service, cluster.targets),
            ),
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=cluster.exec_access is not None,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=False,
            opts=pulumi.ResourceOptions.merge(
                child_of(self, [self._roles.start, *args.depends_on]),
                pulumi.ResourceOptions(ignore_changes=self._owned_by_others()),
            ),
        )
        if self._settings.image:
            scale(self, name, cluster=cluster.name, service=running, settings=self._settings)
        self.service_name, self.log_group_name = running.name, log_group.name
        self.ready = [running]
        self.task_definition_arn, self.one_off_task_arns = base.arn, self._one_off_tasks()
        self.role_arns = [self._roles.execution.arn, self._roles.task.arn]
        self.register_outputs({"serviceName": self.service_name})

    def _one_off_tasks(self) -> dict[str, pulumi.Output[str]]:
        """Task definitions that people or pipelines run once, with the service's image, roles and secrets."""
        return {
            task: self._define(task, one.command).arn
            for task, one in self._cluster.platform.one_off_tasks.items()
            if one.service == self._service
        }

    def _define(self, name: str, command: Sequence[str] = ()) -> ecs.TaskDefinition:
        return fargate_task(
            self,
            f"{self.pulumi_resource_name}-{name}" if command else f"{self.pulumi_resource_name}-task",
            of=self._service,
            settings=self._settings,
            family=self._names.part(name),
            cluster=self._cluster,
            roles=self._roles,
            containers=partial(definition, self._task(name, command)),
        )

    def _task(self, name: str, command: Sequence[str] = ()) -> Task:
        return Task(
            name=name,
            service=self._service,
            settings=self._settings,
            names=self._names,
            health_check=self._cluster.platform.health_check_of(self._service),
            environment=self._cluster.platform.environment,
            urls={
                **urls(self._cluster.platform, self._service),
                **self._cluster.shared_variables.get(self._service, {}),
            },
            command=command,
            writable_root=self._cluster.exec_access is not None,
        )

    def _behind(self, target_group_arn: pulumi.Input[str] | None) -> list[ecs.ServiceLoadBalancerArgs] | None:
        if target_group_arn is None:
            return None
        assert self._settings.port, "settings reject a load balancer's target without a port"
        return [
            ecs.ServiceLoadBalancerArgs(
                target_group_arn=target_group_arn,
                container_name=SIDECAR if self._settings.tls_sidecar_image else self._service,
                container_port=self._settings.port,
            )
        ]

    def _owned_by_others(self) -> list[str]:
        """Changes to ignore: scaling sets the count, and deployments the definition unless settings do."""
        return ["desiredCount"] if self._settings.image else ["desiredCount", "taskDefinition"]
