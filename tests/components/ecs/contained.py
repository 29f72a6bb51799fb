"""Services, door and cache of a stack alone, in a stand-in network, so that settings can be varied."""

from __future__ import annotations

from functools import cache
from typing import Any

import pulumi

from components.data import Cache, CacheArgs
from components.ecs import Containers, ContainersArgs, Registry, RegistryArgs
from components.edge import Edge, EdgeArgs
from components.kms import Keys, KeysArgs
from components.network import Placement
from components.secrets import Secrets, SecretsArgs, Values, ValuesArgs
from platforms import traits_of
from settings import Settings, read_stack_file
from settings.connections import declared_connections, security_groups_of
from settings.grants import entries_read_by, grants
from settings.schema.services import ContainersSettings
from tests.harness import ACCOUNT, Deployment, deploy

IMAGE = "sha256:" + "a" * 64
VPC = "vpc-1"
PUBLIC, PRIVATE, ISOLATED = (
    Placement(VPC, [f"{tier}-a", f"{tier}-b"]) for tier in ("public", "private", "isolated")
)
SERVICES = ("api-gateway", "system", "storage", "user", "ai-config", "ai-content", "ai-analytics", "music")
TOOLS = ("reencrypt",)
INTERNAL = {
    "system": 3001,
    "storage": 3002,
    "user": 3003,
    "ai-config": 3004,
    "ai-content": 3005,
    "ai-analytics": 3006,
    "music": 3007,
}
ROLES = f"arn:aws:iam::{ACCOUNT}:role"


def changed(settings: Settings, **platform: Any) -> Settings:
    """The same stack with other fields of its platform."""
    return settings.model_copy(update={"platform": settings.platform.model_copy(update=platform)})


def with_service(settings: Settings, service: str, **fields: Any) -> Settings:
    """The same stack with other fields of one service."""
    services = dict(settings.services)
    services[service] = services[service].model_copy(update=fields)
    return changed(settings, services=services)


def declare(settings: Settings) -> dict[str, Any]:
    """Everything between the network and monitoring; answers with the parts."""
    names, rights = settings.names, grants(settings)
    assert isinstance(settings.platform, ContainersSettings)
    assert settings.cache is not None
    group_ids = {group: f"sg-{group}" for group in security_groups_of(declared_connections(settings))}
    values = Values("values", ValuesArgs(secrets=settings.secrets, supplied={}))
    keys = Keys("keys", KeysArgs(names=names, grants=rights))
    stored = Cache(
        "cache",
        CacheArgs(
            settings=settings.cache,
            names=names,
            placement=ISOLATED,
            security_group_id=group_ids["redis"],
            keys=keys,
            values=values.current,
            previous=values.previous,
        ),
        pulumi.ResourceOptions(protect=True),
    )
    secrets = Secrets(
        "secrets",
        SecretsArgs(
            names=names,
            grants=rights,
            values=values,
            key_arn=keys.arns["secrets"],
            urls={settings.cache.url_secret: stored.url},
        ),
    )
    edge = Edge(
        "edge",
        EdgeArgs(
            names=names,
            settings=settings.edge,
            target=traits_of(settings).target,
            placement=PUBLIC,
            security_group_id=group_ids["alb"],
            keys=keys,
        ),
    )
    repositories = (*settings.services, *settings.tools)
    registry = Registry("registry", RegistryArgs(names=names, repositories=repositories, keys=keys))
    way_out = pulumi.CustomResource("test:index:Way", "way-out")
    containers = Containers(
        "containers",
        ContainersArgs(
            names=names,
            platform=settings.platform,
            log_days=settings.monitoring.log_days,
            administrators=settings.administrators,
            entries={reader: entries_read_by(settings, reader) for reader in repositories},
            runtime_monitoring=settings.audit is not None
            and "RUNTIME_MONITORING" in settings.audit.guard_duty,
            placement=PRIVATE,
            security_group_ids=group_ids,
            keys=keys,
            registry=registry,
            secret_arns=secrets.arns,
            edge=edge,
            depends_on=[way_out],
        ),
    )
    return {"containers": containers, "edge": edge, "cache": stored, "secrets": secrets}


@cache
def contained(stack: str = "prod") -> Deployment:
    """The shipped stack."""
    return deploy(lambda: facts_of(declare(read_stack_file(stack))))


@cache
def with_images() -> Deployment:
    """Production once its images are named."""
    settings = read_stack_file("prod")
    for service in SERVICES:
        settings = with_service(settings, service, image=IMAGE)
    return deploy(lambda: facts_of(declare(settings)))


def facts_of(parts: dict[str, Any]) -> dict[str, Any]:
    """What the parts hand out, to be resolved."""
    containers, edge, stored = parts["containers"], parts["edge"], parts["cache"]
    return {
        "facts": containers.facts,
        "log_groups": containers.log_groups,
        "tool_logs": containers.tool_logs,
        "service_names": containers.service_names,
        "role_arns": containers.role_arns,
        "url": edge.url,
        "web_acl": edge.metrics.web_acl,
        "redis": stored.url,
        "members": list(stored.member_ids),
    }
