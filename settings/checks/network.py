"""Checks of the address space, the availability zones and the NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checks.check import Others
from settings.schema.network import MIN_AZS, SMALLEST_VPC_PREFIX
from settings.schema.stack import Settings

TIERS = 3
LARGEST_VPC_PREFIX = 16


def network_problems(settings: Settings, others: Others) -> Iterator[str]:
    """Check address space, availability zones and NAT gateways."""
    network = settings.network
    for file, other in others.items():
        if network.cidr.overlaps(other):
            yield f"network.cidr {network.cidr} overlaps {other} ({file}); choose another /16"
    for peer in network.peers:
        if network.cidr.overlaps(peer):
            yield f"network.cidr {network.cidr} overlaps the peer {peer}; choose another /16"
    if network.cidr.prefixlen > SMALLEST_VPC_PREFIX:
        subnets = TIERS * max(network.azs, 1)
        yield (
            f"network.cidr /{network.cidr.prefixlen} cannot hold {subnets} subnets with 30% growth; "
            f"need /{SMALLEST_VPC_PREFIX} or larger"
        )
    if network.cidr.prefixlen < LARGEST_VPC_PREFIX:
        yield f"network.cidr /{network.cidr.prefixlen}: larger than AWS's /{LARGEST_VPC_PREFIX}; choose a /16"
    if network.azs > 4:
        yield f"network.azs={network.azs}: at most 4; set 2, 3 or 4"
    if network.azs < MIN_AZS and not _one_zone_is_enough(settings):
        advice = "RDS subnet groups and the ALB need 2 or more (prod: 3)"
        yield f"network.azs={network.azs}: {advice}; set 2, 3 or 4"
    if network.nat == "none":
        for name, service in settings.services.items():
            if service.external:
                yield (
                    f"platform.services.{name}.external: service {name} has external=true but nat=none: set "
                    "nat or external=false"
                )
        if settings.host is not None:
            yield "platform.kind=host: the host installs packages and pulls images, but nat=none: set nat"


def _one_zone_is_enough(settings: Settings) -> bool:
    """Whether a stack below production has no part that AWS creates in two zones only."""
    environment = getattr(settings, "environment", None)  # absent where that section is invalid
    if settings.network.azs != 1 or environment is None or environment.production:
        return False
    return not any((settings.database, settings.cache, settings.edge, settings.host))
