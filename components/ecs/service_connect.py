"""Services find each other by short name, and each is told only the addresses it may connect to."""

from __future__ import annotations

from pulumi_aws import ecs

from components.ecs.cluster import Cluster
from components.ecs.container_definitions import PORT_NAME, Task
from components.ecs.task_definition import log_configuration
from settings.connections import callees
from settings.schema.services import ContainersSettings

# The load balancer gives up on an answer after as long: waiting longer would serve nobody.
REQUEST_TIMEOUT_S = 60


def urls(platform: ContainersSettings, service: str) -> dict[str, str]:
    """The URLs of the services that ``service`` may call, by the variable it finds them in."""
    called = {name: platform.services[name] for name in callees(platform, service)}
    return {other.url_env: f"http://{name}:{other.port}" for name, other in called.items() if other.url_env}


def service_connect(cluster: Cluster, task: Task) -> ecs.ServiceServiceConnectConfigurationArgs:
    """Found by its short name on its own port; the gateway is only ever a client."""
    served = ecs.ServiceServiceConnectConfigurationServiceArgs(
        port_name=PORT_NAME,
        discovery_name=task.service,
        client_alias=[
            ecs.ServiceServiceConnectConfigurationServiceClientAliasArgs(
                dns_name=task.service, port=task.settings.port
            )
        ],
        timeout=ecs.ServiceServiceConnectConfigurationServiceTimeoutArgs(
            per_request_timeout_seconds=REQUEST_TIMEOUT_S
        ),
    )
    log = log_configuration(task.names, task.service, "service-connect")
    return ecs.ServiceServiceConnectConfigurationArgs(
        enabled=True,
        namespace=cluster.namespace_arn,
        services=None if task.service == cluster.platform.gateway else [served],
        log_configuration=ecs.ServiceServiceConnectConfigurationLogConfigurationArgs(
            log_driver=log["logDriver"], options=log["options"]
        ),
    )


def callees_first(platform: ContainersSettings) -> tuple[str, ...]:
    """Every service after those it calls: a task never finds a name that was made after it started.

    Where services call each other in a circle, one of them comes first and learns of the others when it is
    next deployed.
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
