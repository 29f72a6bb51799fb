"""What a stack may choose about its network; the defaults suit production."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Literal

from pydantic import Field

from settings.schema.base import Model

SMALLEST_VPC_PREFIX = 20
"""Eight subnets a tier in each of four quarters: below a /20 a subnet would hold fewer than 120 addresses."""

MIN_AZS = 2

Tier = Literal["private", "public", "isolated"]

# Quarters of the VPC; the fourth stays free, so that every tier can be given as much again.
_QUARTERS: dict[Tier, int] = {"private": 0, "public": 1, "isolated": 2}
_ZONES_PER_TIER = 8  # letters a to h: no region has more


class NetworkSettings(Model):
    """``strongroom:network``: address space, zones, ways out, private endpoints, flow logs."""

    cidr: IPv4Network
    """The VPC's address space, /16 to /20."""
    azs: int = 3
    """How many availability zones the three tiers span (2 to 4)."""
    az_exclude: tuple[str, ...] = ()
    """Zone ids (``use1-az3``) that must not be used."""
    nat: Literal["per_az", "single", "none"] = "per_az"
    """The private tier's way to the Internet."""
    endpoints: tuple[str, ...] = ()
    """Interface endpoints by service name (``ecr.api``, ``logs``, ``secretsmanager``)."""
    endpoint_azs: int | None = Field(default=None, ge=1, le=4)
    """How many zones an interface endpoint lies in; all when left out."""
    flow_log_days: int = Field(default=365, ge=1)
    """Days the flow log is kept."""
    peers: tuple[IPv4Network, ...] = ()
    """Address spaces this VPC will be connected to; the own one may not overlap them."""

    def subnet_cidr(self, tier: Tier, zone: str) -> str:
        """The address block of a tier in a zone (``eu-west-1b``, or any name that ends in the zone's letter).

        It follows from tier and letter alone, so that no list order ever moves a subnet.
        """
        index = ord(zone[-1]) - ord("a")
        if not 0 <= index < _ZONES_PER_TIER:
            raise ValueError(f"zone {zone!r}: its last letter must be a to h")
        quarter = list(self.cidr.subnets(prefixlen_diff=2))[_QUARTERS[tier]]
        return str(list(quarter.subnets(prefixlen_diff=3))[index])
