"""Configures ECS Service Connect: services use short names, and receive only the URLs they may connect to."""

from __future__ import annotations

from pulumi_aws import ecs

from components.ecs.cluster import Cluster
from components.ecs.container_definitions import PORT_NAME, Task
from components.ecs.task_definition import log_configuration
from settings.connections import callees
from settings.schema.services import ContainersSettings

# The load balancer closes the connection after the same time.
REQUEST_TIMEOUT_S = 60


def urls(platform: ContainersSettings, service: str) -> dict[str, str]:
    """The URLs of the services that ``service`` may call, by environment variable."""
    called = {name: platform.services[name] for name in callees(platform, service)}
    return {other.url_env: f"http://{name}:{other.port}" for name, other in called.items() if other.url_env}


def service_connect(cluster: Cluster, task: Task) -> ecs.ServiceServiceConnectConfigurationArgs:
    """Publish the service under its short name and port; the gateway and workers are clients only."""
    port = task.settings.port
    served = None if port is None or task.service == cluster.platform.gateway else [_served(task, port)]
    log = log_configuration(task.names, task.service, "service-connect")
    return ecs.ServiceServiceConnectConfigurationArgs(
        enabled=True,
        namespace=cluster.namespace_arn,
        services=served,
        log_configuration=ecs.ServiceServiceConnectConfigurationLogConfigurationArgs(
            log_driver=log["logDriver"], options=log["options"]
        ),
    )


def _served(task: Task, port: int) -> ecs.ServiceServiceConnectConfigurationServiceArgs:
    return ecs.ServiceServiceConnectConfigurationServiceArgs(
        port_name=PORT_NAME,
        discovery_name=task.service,
        client_alias=[
            ecs.ServiceServiceConnectConfigurationServiceClientAliasArgs(dns_name=task.service, port=port)
        ],
        timeout=ecs.ServiceServiceConnectConfigurationServiceTimeoutArgs(
            per_request_timeout_seconds=REQUEST_TIMEOUT_S
        ),
    )


def callees_first(platform: ContainersSettings) -> tuple[str, ...]:
    """All services, each after those it calls: Service Connect shows a task no name created after it started.

    In a cycle of calls one service comes first; it resolves the others from its next deployment on.
    """
    ordered: dict[str, None] = {}
    seen: set[str] = set()

    def visit(service: str) -> None:
        if service not in seen:
            seen.add(service)
            for callee in callees(platform, service):
                visit(callee)
            ordered[service] = None

    for service in platform.services:
        visit(service)
    return tuple(ordered)
