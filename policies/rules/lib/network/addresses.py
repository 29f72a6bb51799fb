"""Decides which sets of address blocks are the Internet: one wide block, or blocks that add up to one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_WIDEST = {4: 8, 6: 32}
"""A block with a shorter prefix is the Internet; so are public blocks with as many addresses."""
_UNIQUE_LOCAL = ipaddress.IPv6Network("fc00::/7")


def network(cidr: str) -> Network | None:
    """The address block of a text; None when it is not one."""
    try:
        return ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        return None


def is_internet(*cidrs: str) -> bool:
    """Whether address blocks are the Internet together, or a large part of it."""
    return _is_internet(frozenset(cidrs))


def without(cidr: str, *removed: str) -> list[str]:
    """What is left of an address block without others."""
    block = network(cidr)
    left = [block] if block is not None else []
    for other in map(network, removed):
        if other is not None:
            left = [rest for one in left for rest in _difference(one, other)]
    return list(map(str, left))


def _difference(block: Network, other: Network) -> list[Network]:
    if block.version != other.version or not block.overlaps(other):
        return [block]
    if block.subnet_of(other):  # type: ignore[arg-type]
        return []
    return list(block.address_exclude(other))  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _is_internet(cidrs: frozenset[str]) -> bool:
    blocks = [block for cidr in cidrs if (block := network(cidr)) is not None]
    return any(map(_is_wide, blocks)) or any(_add_up(blocks, version) for version in _WIDEST)


def _is_wide(block: Network) -> bool:
    if isinstance(block, ipaddress.IPv6Network) and block.subnet_of(_UNIQUE_LOCAL):
        return False
    return block.prefixlen < _WIDEST[block.version]


def _add_up(blocks: Iterable[Network], version: int) -> bool:
    public = [block for block in blocks if block.version == version and not block.is_private]
    collapsed = ipaddress.collapse_addresses(public)  # type: ignore[type-var]
    bits = 32 if version == 4 else 128
    return sum(block.num_addresses for block in collapsed) >= 2 ** (bits - _WIDEST[version] + 1)
