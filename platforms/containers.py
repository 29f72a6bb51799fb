"""Constructs the platform of containers: image repositories, services on ECS Fargate, redeployments."""

from __future__ import annotations

from pathlib import Path

import pulumi

from components.delivery import CONTAINERS, Pipeline, container_limits, container_rights
from components.ecs import Containers, ContainersArgs, Registry, RegistryArgs
from components.edge import Edge, Target
from components.integration import Schedules, SchedulesArgs
from components.kms import Keys
from components.network import Connections, Endpoints, Network
from components.secrets import ReaderRedeploy, ReaderRedeployArgs, Rotation, Secrets
from functions.archive import archive
from platforms.platform import Platform, Traits
from platforms.shared import Shared, shared_rights
from settings.grants import entries_read_by
from settings.parts import scheduled_tasks, shared_variables
from settings.schema.services import ContainersSettings
from settings.schema.stack import Settings


def traits(settings: Settings, platform: ContainersSettings) -> Traits:
    """The facts of a stack of containers: its services as targets, and a pipeline's permissions on them."""
    targets = {name: _target(platform, name, port) for name, port in settings.targets.items()}
    return Traits(
        target=targets.pop(platform.gateway, None) if platform.gateway else None,
        routed=targets,
        pipeline=Pipeline(
            statements=container_rights(settings.names, platform),
            limits=container_limits(settings.names, platform),
            services=tuple(platform.services),
            facts=CONTAINERS,
        ),
        secret_service="secretsmanager",
    )


def _target(platform: ContainersSettings, name: str, port: int) -> Target:
    service = platform.services[name]
    return Target(
        service=name,
        port=port,
        protocol="HTTPS" if service.tls_sidecar_image else "HTTP",
        kind="ip",
        health_path=service.ready_path,
    )


def run(
    settings: Settings,
    platform: ContainersSettings,
    *,
    network: Network,
    connections: Connections,
    endpoints: Endpoints,
    keys: Keys,
    secrets: Secrets,
    rotation: Rotation | None,
    edge: Edge | None,
    shared: Shared,
    opts: pulumi.ResourceOptions,
) -> Platform:
    """Construct the services, each with the secrets that list it as a reader."""
    names, runs = settings.names, (*platform.services, *platform.tools)
    registry = Registry("registry", RegistryArgs(names=names, repositories=runs, keys=keys), opts)
    containers = Containers(
        "containers",
        ContainersArgs(
            names=names,
            platform=platform,
            log_days=settings.monitoring.log_days,
            administrators=settings.administrators,
            entries={reader: entries_read_by(settings, reader) for reader in runs},
            shared_rights={user: shared_rights(settings, keys, user) for user in runs},
            shared_variables={user: shared_variables(settings, user) for user in runs},
            runtime_monitoring=_runtime_monitoring(settings),
            placement=network.private,
            security_group_ids=connections.group_ids,
            keys=keys,
            registry=registry,
            secret_arns=secrets.arns,
            edge=edge,
            depends_on=[
                *endpoints.ready,
                *network.ready,
                *secrets.ready,
                *shared.ready,
                *(rotation.ready if rotation else ()),
            ],
        ),
        opts,
    )
    redeploy = None
    if rotation is not None:
        redeploy = ReaderRedeploy(
            "rotation",
            ReaderRedeployArgs(
                names=names,
                rotation=rotation,
                cluster_name=containers.cluster_name,
                readers={
                    reader: containers.service_names[reader]
                    for reader in rotation.readers
                    if reader in platform.services
                },
                keys=keys,
                log_days=settings.monitoring.log_days,
                code=archive("redeploy_readers", Path("build")),
            ),
            opts,
        )
    schedules = None
    if settings.schedules:
        schedules = Schedules(
            "schedules",
            SchedulesArgs(
                names=names,
                schedules=settings.schedules,
                tasks=scheduled_tasks(settings),
                placement=network.private,
                security_group_ids=connections.group_ids,
            ),
            opts,
        )
    return Platform(
        facts={
            **containers.facts,
            **({"albDnsName": edge.dns_name, "apiUrl": edge.url} if edge else {}),
        },
        log_groups=containers.log_groups,
        other_log_groups=containers.tool_logs,
        services=containers.metrics,
        schedules=schedules.metrics if schedules else None,
        functions=redeploy.functions if redeploy else {},
        rules=redeploy.rules if redeploy else (),
    )


def _runtime_monitoring(settings: Settings) -> bool:
    """Whether this stack's GuardDuty adds its agent to Fargate tasks."""
    audit = settings.audit
    return audit is not None and audit.account_wide and "RUNTIME_MONITORING" in audit.guard_duty
