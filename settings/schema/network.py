"""The model of the network and its subnet layout; the defaults are for production."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Literal

from pydantic import Field

from settings.aws.logs import LogDays
from settings.aws.names import EndpointService, ZoneId
from settings.schema.base import Model

SMALLEST_VPC_PREFIX = 20
"""Eight subnets per tier, each tier in one of four quarters: below a /20 a subnet has under 120 addresses."""

MIN_AZS = 2

Tier = Literal["private", "public", "isolated"]

# Quarters of the VPC; the fourth stays free for growth.
_QUARTERS: dict[Tier, int] = {"private": 0, "public": 1, "isolated": 2}
_ZONES_PER_TIER = 8  # letters a to h: no region has more zones


class NetworkSettings(Model):
    """``strongroom:network``: address space, availability zones, NAT, VPC endpoints, flow logs."""

    cidr: IPv4Network
    """The VPC's address space, /16 to /20."""
    azs: int = 3
    """Number of availability zones that the three tiers span: 2 to 4. Below production, a stack that has no
    database, cache, load balancer and host may have one."""
    az_exclude: tuple[ZoneId, ...] = ()
    """Ids of availability zones that are not used (``use1-az3``)."""
    nat: Literal["per_az", "single", "none"] = "per_az"
    """NAT gateways of the private subnets: one per zone, a single one, or none."""
    endpoints: tuple[EndpointService, ...] = Field(
        default=(), json_schema_extra={"default": "what the platform needs"}
    )
    """Interface VPC endpoints by service name (``ecr.api``, ``logs``, ``secretsmanager``)."""
    endpoint_azs: int | None = Field(default=None, ge=1, le=4)
    """Number of zones of each interface endpoint; all when left out."""
    flow_log_days: LogDays = 365
    """Days for which CloudWatch Logs retains the flow log."""
    peers: tuple[IPv4Network, ...] = ()
    """Address spaces that this VPC will be connected to; ``cidr`` must not overlap them."""

    def subnet_cidr(self, tier: Tier, zone: str) -> str:
        """The address block of a tier in a zone (``eu-west-1b``, or any name that ends in the zone's letter).

        It depends only on tier and letter, so that the order of zones never changes a subnet.
        """
        index = ord(zone[-1]) - ord("a")
        if not 0 <= index < _ZONES_PER_TIER:
            raise ValueError(f"zone {zone!r}: its last letter must be a to h")
        quarter = list(self.cidr.subnets(prefixlen_diff=2))[_QUARTERS[tier]]
        return str(list(quarter.subnets(prefixlen_diff=3))[index])
