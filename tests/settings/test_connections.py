"""The connections of a stack: what may enter and leave the host, and who calls whom."""

from __future__ import annotations

from typing import Any

import pytest

from settings.connections import HOST, HTTP, HTTPS, POSTGRES, SSH, Edge, Group, edges
from tests.components.host.host_stack import stack


def host_edges(**platform: Any) -> tuple[Edge, ...]:
    return edges(stack(platform=platform))


def to_host(found: tuple[Edge, ...]) -> set[tuple[str, int]]:
    return {(edge.source.name, edge.port) for edge in found if edge.target == HOST}


@pytest.mark.accepts("B15", "B44")
def test_only_the_load_balancer_enters_and_only_its_port() -> None:
    assert to_host(host_edges()) == {("alb", 8000)}


def test_the_host_leaves_for_its_database_its_packages_and_aws() -> None:
    leaving = {(edge.target.name, edge.port) for edge in host_edges() if edge.source == HOST}
    assert leaving == {
        ("rds", POSTGRES),
        ("internet", HTTPS),
        ("internet", HTTP),
        ("s3", HTTPS),
        ("endpoints", HTTPS),
    }


@pytest.mark.accepts("B62")
def test_nothing_but_the_host_enters_the_database() -> None:
    assert {edge.source for edge in host_edges() if edge.target == Group("rds")} == {HOST}


@pytest.mark.accepts("B36", "B37")
def test_ssh_comes_from_the_given_addresses_only() -> None:
    ssh = {"enabled": True, "allowedCidrs": ["203.0.113.0/24"]}
    assert to_host(host_edges(ssh=ssh)) == {("alb", 8000), ("203.0.113.0/24", SSH)}
