"""Tests of memory and connections of instance classes, against AWS's tables."""

from __future__ import annotations

import pytest

from settings.schema.capacity import GIB, burstable, max_connections, memory_bytes


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        ("db.t4g.micro", 1),
        ("db.t3.small", 2),
        ("db.t4g.medium", 4),
        ("db.t4g.large", 8),
        ("db.t4g.2xlarge", 32),
        ("db.m7g.large", 8),
        ("db.m7g.xlarge", 16),
        ("db.m6i.16xlarge", 256),
        ("db.m6gd.2xlarge", 32),
        ("db.r7g.large", 16),
        ("db.r6g.4xlarge", 128),
    ],
)
def test_memory_follows_family_and_size(instance_class: str, gib: int) -> None:
    assert memory_bytes(instance_class) == gib * GIB


@pytest.mark.parametrize(
    ("instance_class", "connections"),
    [("db.t4g.micro", 112), ("db.t4g.medium", 450), ("db.m7g.large", 901), ("db.r7g.4xlarge", 5000)],
)
def test_connections_are_what_rds_computes_from_memory(instance_class: str, connections: int) -> None:
    assert max_connections(instance_class) == connections


@pytest.mark.parametrize("instance_class", ["db.m7g", "m7g.large", "db.r7g.huge", "db.x2g.large", ""])
def test_a_class_of_unknown_memory_is_refused_with_those_known(instance_class: str) -> None:
    with pytest.raises(ValueError, match=r"unknown instance class, .*; choose one of db\.t\*"):
        memory_bytes(instance_class)


def test_only_the_t_family_lives_on_credits() -> None:
    assert burstable("db.t4g.medium")
    assert not burstable("db.m7g.large")
