"""Subnet addresses follow from tier and zone letter alone, so that no list order ever moves a subnet."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Literal

Tier = Literal["private", "public", "isolated"]

# Quarters of the VPC; the fourth stays free, so that every tier can be given as much again.
_QUARTERS: dict[Tier, int] = {"private": 0, "public": 1, "isolated": 2}
_ZONES_A_TIER = 8  # letters a to h: no region has more


def subnet_cidr(vpc: IPv4Network, tier: Tier, zone: str) -> str:
    """The block of one tier in one zone (``eu-west-1b`` or any name that ends in the zone's letter)."""
    index = ord(zone[-1]) - ord("a")
    if not 0 <= index < _ZONES_A_TIER:
        raise ValueError(f"zone {zone!r}: its last letter must be a to h")
    quarter = list(vpc.subnets(prefixlen_diff=2))[_QUARTERS[tier]]
    return str(list(quarter.subnets(prefixlen_diff=3))[index])
