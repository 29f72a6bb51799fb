"""Builds the containers of a stack in their cluster, or one service or tool with a stand-in cluster."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pulumi

from components.ecs import Containers, ContainersArgs, Registry
from components.ecs.cluster import Cluster
from components.ecs.service import Service, ServiceArgs
from components.ecs.tool import Tool, ToolArgs
from settings import Settings, read_stack_file
from settings.connections import declared_connections, security_groups_of
from settings.grants import entries, entries_read_by
from settings.schema.services import ContainersSettings
from tests.aiponge import SERVICE_PORTS
from tests.components.alone import build, with_service
from tests.components.stand_ins import PRIVATE, keys, secret_arn, standing_in, waited_for
from tests.harness import ACCOUNT, REGION, Deployment

IMAGE = "sha256:" + "a" * 64
TARGETS = "arn:stand-in:targets"
CLUSTER_ARN, NAMESPACE_ARN = (f"arn:stand-in:{what}" for what in ("cluster", "namespace"))
TOOL = "reencrypt"
SERVICES = ("api-gateway", "system", "storage", "user", "ai-config", "ai-content", "ai-analytics", "music")
INTERNAL = SERVICE_PORTS


def with_platform(settings: Settings, **fields: Any) -> Settings:
    """The same stack with other fields of its platform."""
    return settings.model_copy(update={"platform": settings.platform.model_copy(update=fields)})


def platform_of(settings: Settings) -> ContainersSettings:
    """The platform of a stack that runs containers."""
    assert settings.containers is not None
    return settings.containers


def repository_arn(name: str) -> str:
    """The ARN of the repository that holds the image of a service or tool."""
    return f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/aiponge/{name}"


def repository_url(name: str) -> str:
    """The URL of the repository for the image of a service or tool."""
    return f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/aiponge/{name}"


@cache
def contained(stack: str = "prod") -> Deployment:
    """The containers of a shipped stack."""
    return contained_of(read_stack_file(stack))


def contained_of(settings: Settings, *, preview: bool = False) -> Deployment:
    """The containers of any settings; returns their outputs."""

    def program() -> dict[str, Any]:
        args = ContainersArgs(
            **_shared(settings),
            administrators=settings.administrators,
            edge=standing_in(target_group_arns={"api-gateway": TARGETS}, ready=[waited_for("listener")]),
            depends_on=[waited_for("way-out")],
        )
        made = Containers("containers", args)
        return {
            "facts": made.facts,
            "log_groups": made.log_groups,
            "tool_logs": made.tool_logs,
            "service_names": made.service_names,
            "role_arns": made.role_arns,
        }

    return build(program, preview=preview)


def one_service(name: str = "user", *, cluster: dict[str, Any] | None = None, **fields: Any) -> Deployment:
    """One service with other ``fields`` of its settings, in a cluster with other fields of its own."""
    settings = with_service(read_stack_file("prod"), name, **fields)

    def program() -> Service:
        args = ServiceArgs(
            service=name,
            cluster=replace(cluster_of(settings), **(cluster or {})),
            target_group_arn=TARGETS if name == "api-gateway" else None,
            depends_on=[waited_for("way-out")],
        )
        return Service(f"containers-{name}", args)

    return build(program)


def one_tool(stack: str = "prod", *, cluster: dict[str, Any] | None = None, **fields: Any) -> Deployment:
    """The tool with other ``fields`` of its settings, in a cluster with other fields of its own."""
    settings = read_stack_file(stack)
    tools = {TOOL: settings.tools[TOOL].model_copy(update=fields)}
    changed = with_platform(settings, tools=tools)

    def program() -> Tool:
        args = ToolArgs(tool=TOOL, cluster=replace(cluster_of(changed), **(cluster or {})))
        return Tool(f"containers-{TOOL}", args)

    return build(program)


def cluster_of(settings: Settings) -> Cluster:
    """The cluster of any settings, as its services receive it."""
    return Cluster(
        **_shared(settings),
        targets=("api-gateway",),
        name=pulumi.Output.from_input(settings.names.cluster),
        arn=pulumi.Output.from_input(CLUSTER_ARN),
        namespace_arn=pulumi.Output.from_input(NAMESPACE_ARN),
        exec_access=None,
    )


def _shared(settings: Settings) -> dict[str, Any]:
    """The arguments of the containers that each service finds in its cluster."""
    runs = (*settings.services, *settings.tools)
    registry: Registry = standing_in(
        urls={name: pulumi.Output.from_input(repository_url(name)) for name in runs},
        arns={name: pulumi.Output.from_input(repository_arn(name)) for name in runs},
    )
    return {
        "names": settings.names,
        "platform": platform_of(settings),
        "log_days": settings.monitoring.log_days,
        "entries": {reader: entries_read_by(settings, reader) for reader in runs},
        "runtime_monitoring": False,
        "placement": PRIVATE,
        "security_group_ids": {
            group: f"sg-{group}" for group in security_groups_of(declared_connections(settings))
        },
        "keys": keys(),
        "registry": registry,
        "secret_arns": {entry.store_name: secret_arn(entry.store_name) for entry in entries(settings)},
    }
