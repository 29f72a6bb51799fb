"""What runs in a stack, behind one shape: containers or a host, the only place where the two part ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from blueprint import Blueprint
from components.audit.audit import Audit
from components.data.cache import Cache
from components.data.database import Database
from components.delivery.delivery import Delivery
from components.delivery.deploy_contract import Contract, ContractArgs
from components.ecs.containers import Containers, ContainersArgs
from components.ecs.ecr import Registry, RegistryArgs
from components.edge.edge import Edge
from components.host.host import Host, HostArgs
from components.host.parameter_refresh import Refresh, RefreshArgs
from components.host.patching import Patching, PatchingArgs
from components.host.role import declared_names
from components.host.session_manager import Sessions, SessionsArgs
from components.kms.keys import Keys
from components.monitoring.alarms.database import DatabaseWatched
from components.monitoring.alarms.host import HostWatched
from components.monitoring.alarms.load_balancer import DoorWatched
from components.monitoring.alarms.services import ServicesWatched
from components.monitoring.alarms.trail import TrailWatched
from components.monitoring.monitoring import Monitoring, MonitoringArgs
from components.monitoring.topics import Topics
from components.network.network import Network
from components.network.security_groups import Connections
from components.network.vpc_endpoints import Endpoints
from components.secrets.parameters import Parameters, ParametersArgs
from components.secrets.rotation import Rotation
from components.secrets.secrets import Secrets
from settings.connections import HOST
from settings.grants import HOST_READER, entries_read_by, session_readers
from settings.schema.services import ContainersSettings, HostSettings
from settings.schema.stack import Settings


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of the stack that a workload is put among."""

    network: Network
    connections: Connections
    endpoints: Endpoints
    keys: Keys
    audit: Audit | None
    topics: Topics
    database: Database
    cache: Cache | None
    secrets: Secrets
    rotation: Rotation | None
    edge: Edge
    delivery: Delivery | None


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What the rest of the stack needs to know of what runs in it."""

    facts: Mapping[str, pulumi.Input[Any]]
    """What pipelines must know to deploy here."""
    log_groups: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Names of the application's log groups, by service."""
    tool_logs: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Names of the log groups of tools: people read them, no alarm does."""
    rules: Sequence[str] = ()
    """What its event rules are called, after the application's prefix."""
    services: ServicesWatched | None = None
    host: HostWatched | None = None


def run_workload(plan: Blueprint, parts: Parts) -> Workload:
    """Put what the stack's platform asks for into its place."""
    platform = plan.settings.platform
    if isinstance(platform, ContainersSettings):
        return _containers(plan, parts, platform)
    return _host(plan, parts, platform)


def watch(plan: Blueprint, parts: Parts, workload: Workload) -> Monitoring:
    """Alarms, filters and the dashboard over everything there is."""
    settings, edge = plan.settings, parts.edge
    args = MonitoringArgs(
        names=settings.names,
        settings=settings.monitoring,
        topics=parts.topics,
        logs={name: group for name, group in workload.log_groups.items() if not name.startswith("host/")},
        services=workload.services,
        host=workload.host,
        door=DoorWatched(
            load_balancer=edge.load_balancer_suffix,
            target_group=edge.target_group_suffix,
            web_acl=edge.web_acl_name,
        ),
        database=DatabaseWatched(
            settings=settings.database,
            identifier=parts.database.identifier,
            log_group_name=parts.database.log_group_name,
        ),
        cache_members=parts.cache.member_ids if parts.cache else (),
        nat_gateways=parts.network.nat_gateway_ids,
        functions=parts.rotation.functions if parts.rotation else {},
        trail=_trail_watched(settings, parts.audit) if parts.audit else None,
        rules=[*(parts.rotation.rules if parts.rotation else ()), *workload.rules],
    )
    return Monitoring("monitoring", args, plan.plain)


def _trail_watched(settings: Settings, audit: Audit) -> TrailWatched:
    return TrailWatched(
        log_group_name=audit.log_group_name,
        readers=session_readers(settings),
        store="secretsmanager" if settings.services else "ssm",
        detector=settings.owns_account,
    )


def tell(plan: Blueprint, parts: Parts, workload: Workload, monitoring: Monitoring) -> Contract:
    """What application pipelines need to know, as outputs and as parameters."""
    facts: dict[str, pulumi.Input[Any] | None] = {
        "vpcId": parts.network.vpc_id,
        "secretArns": parts.secrets.arns,
        "logGroups": {**workload.log_groups, **workload.tool_logs},
        "alarmTopicArn": parts.topics.critical,
        "dashboardUrl": monitoring.dashboard_url,
        "databaseEndpoint": parts.database.address,
        "redisEndpoint": parts.cache.endpoint if parts.cache else None,
        "deployRoleArn": parts.delivery.role_arn if parts.delivery else None,
        **workload.facts,
    }
    return Contract("contract", ContractArgs(settings=plan.settings, facts=facts), plan.plain)


def _containers(plan: Blueprint, parts: Parts, platform: ContainersSettings) -> Workload:
    names, repositories = plan.settings.names, (*platform.services, *platform.tools)
    registry = Registry(
        "registry", RegistryArgs(names=names, repositories=repositories, keys=parts.keys), plan.plain
    )
    args = ContainersArgs(
        settings=plan.settings,
        platform=platform,
        placement=parts.network.private,
        security_group_ids=parts.connections.group_ids,
        keys=parts.keys,
        registry=registry,
        secrets=parts.secrets,
        edge=parts.edge,
        after=[
            *parts.endpoints.ways_out,
            *parts.network.ways_out,
            *parts.secrets.versions.values(),
            *([parts.rotation.first_value] if parts.rotation else []),
        ],
    )
    containers = Containers("containers", args, plan.plain)
    if parts.rotation is not None:
        readers = [
            one for key in plan.settings.secrets.values() if key.kind == "postgres-url" for one in key.readers
        ]
        parts.rotation.redeploy(
            containers.cluster_name,
            {one: containers.service_names[one] for one in readers if one in platform.services},
        )
    return Workload(
        log_groups=containers.log_groups,
        tool_logs=containers.tool_logs,
        facts={**containers.facts, "albDnsName": parts.edge.dns_name, "apiUrl": parts.edge.url},
        services=ServicesWatched(
            platform=platform,
            cluster_name=containers.cluster_name,
            service_names=containers.service_names,
        ),
    )


def _host(plan: Blueprint, parts: Parts, platform: HostSettings) -> Workload:
    settings, names, log_days = plan.settings, plan.settings.names, plan.settings.monitoring.log_days
    sources = {
        "database.address": parts.database.address,
        "database.name": settings.database.name,
        "database.username": settings.database.username,
        "edge.domain": settings.edge.domain,
        "platform.repository": platform.repository,
    }
    parameters = Parameters(
        "parameters", ParametersArgs(names=names, parameters=platform.parameters, sources=sources), plan.plain
    )
    sessions = Sessions("sessions", SessionsArgs(names=names, keys=parts.keys, log_days=log_days), plan.plain)
    tags = settings.tags
    patching = Patching(
        "patching",
        PatchingArgs(
            names=names,
            ubuntu=platform.ubuntu,
            tags={key: tags[key] for key in ("App", "Env")},
            log_group=sessions.command_log_group,
        ),
        plan.plain,
    )
    args = HostArgs(
        names=names,
        settings=platform,
        entries=entries_read_by(settings, HOST_READER),
        keys=parts.keys,
        placement=parts.network.private,
        security_group_id=parts.connections.group_ids[HOST.name],
        target_group_arn=parts.edge.target_group_arn,
        image_id=plan.surroundings.machine_image or "",
        sessions=sessions,
        log_days=log_days,
        tags={**tags, "PatchGroup": patching.group},
        ready=[*parts.secrets.versions.values(), *parameters.entries, parts.edge.listener],
    )
    host = Host("host", args, plan.plain)
    documents = parts.delivery.documents if parts.delivery else {}
    rules: list[str] = []
    if "update" in documents:
        heard = declared_names(names, args.entries, tuple(platform.parameters))
        ours = {**{key: tags[key] for key in ("App", "Env")}, "Name": names.host_name}
        refresh = RefreshArgs(names=names, parameters=heard, update=documents["update"], tags=ours, host=host)
        rules = Refresh("refresh", refresh, plan.plain).rules
    told = {
        purpose: {"name": document.name, "version": document.latest_version}
        for purpose, document in documents.items()
    }
    return Workload(
        log_groups=host.log_groups,
        rules=rules,
        facts={
            "instanceTag": {"key": "Name", "value": names.host_name},
            "deployDocument": told.get("deploy", {}),
            "updateDocument": told.get("update", {}),
            "parameterPath": names.parameter_path,
            "appDir": platform.app_dir,
            "repositoryUrl": platform.repository,
            "siteUrl": parts.edge.url,
            "sessionLogGroup": sessions.log_group,
        },
        host=HostWatched(
            settings=platform,
            group_name=host.group_name,
            logs={name: group for name, group in host.log_groups.items() if name.startswith("host/")},
        ),
    )
