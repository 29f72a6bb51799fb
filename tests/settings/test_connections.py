"""Tests of the declared connections: those of the host, and between services."""

from __future__ import annotations

from typing import Any

import pytest

from components.monitoring.alarms.services import ServiceMetrics
from settings import Settings, read_stack_file
from settings.connections import (
    HOST,
    HTTP,
    HTTPS,
    POSTGRES,
    SSH,
    Connection,
    SecurityGroup,
    callees,
    calls,
    declared_connections,
)
from settings.policy_config import GATES, pack_config
from settings.schema import ContainersSettings
from tests.components.host.host_stack import stack
from tests.settings.stack_files import accept

GATEWAY = "api-gateway"


def host_edges(**platform: Any) -> tuple[Connection, ...]:
    return declared_connections(stack(platform=platform))


def to_host(found: tuple[Connection, ...]) -> set[tuple[str, int]]:
    return {(connection.source.name, connection.port) for connection in found if connection.target == HOST}


@pytest.mark.accepts("B15", "B44")
def test_only_the_load_balancer_enters_and_only_its_port() -> None:
    assert to_host(host_edges()) == {("alb", 8000)}


def test_the_host_leaves_for_its_database_its_packages_and_aws() -> None:
    leaving = {
        (connection.target.name, connection.port) for connection in host_edges() if connection.source == HOST
    }
    assert leaving == {
        ("rds", POSTGRES),
        ("internet", HTTPS),
        ("internet", HTTP),
        ("s3", HTTPS),
        ("endpoints", HTTPS),
    }


@pytest.mark.accepts("B62")
def test_nothing_but_the_host_enters_the_database() -> None:
    assert {
        connection.source for connection in host_edges() if connection.target == SecurityGroup("rds")
    } == {HOST}


@pytest.mark.accepts("B36", "B37")
def test_ssh_comes_from_the_given_addresses_only() -> None:
    ssh = {"enabled": True, "allowedCidrs": ["203.0.113.0/24"]}
    assert to_host(host_edges(ssh=ssh)) == {("alb", 8000), ("203.0.113.0/24", SSH)}


def containers(settings: Settings) -> ContainersSettings:
    assert settings.containers
    return settings.containers


def test_the_gateway_calls_every_service_but_itself() -> None:
    platform = containers(read_stack_file("prod"))
    assert {GATEWAY, *callees(platform, GATEWAY)} == set(platform.services)
    assert GATEWAY not in callees(platform, GATEWAY)


def test_another_service_calls_only_what_it_lists() -> None:
    assert callees(containers(accept()), "user") == ()
    assert callees(containers(accept(("platform.services.user.calls", ["music"]))), "user") == ("music",)


def test_connections_alarms_and_policies_know_the_same_calls() -> None:
    settings = accept(
        ("platform.services.user.calls", ["music"]),
        (f"platform.services.{GATEWAY}.calls", ["user"]),
    )
    platform = containers(settings)
    services = {SecurityGroup(name) for name in platform.services}
    connected = {
        (connection.source.name, connection.target.name)
        for connection in declared_connections(settings)
        if {connection.source, connection.target} <= services
    }
    watched = ServiceMetrics(platform=platform, cluster_name="x", service_names={}).calls
    assert connected == set(calls(platform)) == set(watched)
    assert len(watched) == len(connected)
    assert pack_config(settings)[GATES[0]]["calls"] == ["user>music"]
