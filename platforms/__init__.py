"""Constructs the platform of a stack: services on ECS Fargate, or one host that runs docker-compose."""

from __future__ import annotations

import pulumi

from aws_lookups import AwsFacts
from components.data import Database
from components.delivery import Delivery
from components.edge import Edge
from components.kms import Keys
from components.network import Connections, Endpoints, Network
from components.secrets import Rotation, Secrets
from platforms import containers, host
from platforms.platform import Platform, Traits
from platforms.provider import provider_options
from platforms.shared import Shared, run_shared
from platforms.trail import trail_log
from settings.schema.services import ContainersSettings
from settings.schema.stack import Settings

__all__ = ["Platform", "Traits", "provider_options", "run_platform", "run_shared", "trail_log", "traits_of"]


def traits_of(settings: Settings) -> Traits:
    """The facts of a platform that follow from its settings, before any resource exists."""
    platform = settings.platform
    if isinstance(platform, ContainersSettings):
        return containers.traits(settings, platform)
    return host.traits(settings, platform)


def run_platform(
    settings: Settings,
    facts: AwsFacts,
    *,
    network: Network,
    connections: Connections,
    endpoints: Endpoints,
    keys: Keys,
    database: Database | None,
    secrets: Secrets,
    rotation: Rotation | None,
    edge: Edge | None,
    delivery: Delivery | None,
    shared: Shared,
    opts: pulumi.ResourceOptions,
) -> Platform:
    """Construct the components of the platform that the stack declares."""
    platform = settings.platform
    if isinstance(platform, ContainersSettings):
        return containers.run(
            settings,
            platform,
            network=network,
            connections=connections,
            endpoints=endpoints,
            keys=keys,
            secrets=secrets,
            rotation=rotation,
            edge=edge,
            shared=shared,
            opts=opts,
        )
    assert edge is not None, "settings reject a host without a load balancer"
    return host.run(
        settings,
        platform,
        machine_image=facts.machine_image,
        network=network,
        connections=connections,
        keys=keys,
        database=database,
        secrets=secrets,
        edge=edge,
        delivery=delivery,
        shared=shared,
        opts=opts,
    )
