"""Computes the memory and ``max_connections`` of RDS instance classes."""

from __future__ import annotations

import re

GIB = 2**30
MOST_CONNECTIONS = 5000
BYTES_PER_CONNECTION = 9531392
"""Both from RDS's own default of ``max_connections``: LEAST({DBInstanceClassMemory/9531392}, 5000)."""

_SMALL_GIB = {"micro": 1, "small": 2, "medium": 4}
_LARGE_GIB = {"t": 8, "m": 8, "r": 16}
"""Memory of size ``large`` by family; ``xlarge`` has twice, ``4xlarge`` eight times as much."""


def memory_bytes(instance_class: str) -> int:
    """The memory in bytes of an instance class, such as ``db.m7g.large``; the system uses some of it."""
    found = re.fullmatch(r"db\.([a-z])\d+[a-z]*\.(micro|small|medium|large|(\d*)xlarge)", instance_class)
    if found is None or found[1] not in _LARGE_GIB:
        known = ", ".join(f"db.{family}*" for family in _LARGE_GIB)
        raise ValueError(f"unknown instance class, whose memory the alarms need; choose one of {known}")
    family, size, times = found[1], found[2], found[3]
    if size in _SMALL_GIB:
        return _SMALL_GIB[size] * GIB
    factor = 1 if size == "large" else 2 * int(times or 1)
    return _LARGE_GIB[family] * factor * GIB


def max_connections(instance_class: str) -> int:
    """The ``max_connections`` of RDS's default parameter group."""
    return min(memory_bytes(instance_class) // BYTES_PER_CONNECTION, MOST_CONNECTIONS)


def burstable(instance_class: str) -> bool:
    """Whether the class is burstable, with CPU credits."""
    return instance_class.startswith("db.t")
