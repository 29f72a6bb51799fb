"""Tests of subnet addresses, which depend only on tier and zone letter."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from settings.schema.network import NetworkSettings, Tier

NETWORK = NetworkSettings(cidr=IPv4Network("10.20.0.0/16"))
TIERS: tuple[Tier, ...] = ("private", "public", "isolated")


@pytest.mark.parametrize(
    ("tier", "zone", "block"),
    [
        ("private", "eu-west-1a", "10.20.0.0/21"),
        ("private", "eu-west-1b", "10.20.8.0/21"),
        ("public", "eu-west-1a", "10.20.64.0/21"),
        ("isolated", "eu-west-1c", "10.20.144.0/21"),
    ],
)
def test_a_block_is_where_it_always_was(tier: Tier, zone: str, block: str) -> None:
    assert NETWORK.subnet_cidr(tier, zone) == block


def test_no_two_blocks_overlap_and_a_quarter_stays_free() -> None:
    blocks = [IPv4Network(NETWORK.subnet_cidr(tier, f"r{zone}")) for tier in TIERS for zone in "abcdefgh"]
    assert not any(one.overlaps(two) for i, one in enumerate(blocks) for two in blocks[:i])
    assert not any(block.overlaps(IPv4Network("10.20.192.0/18")) for block in blocks)


def test_a_zone_without_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="last letter must be a to h"):
        NETWORK.subnet_cidr("public", "eu-west-1")
