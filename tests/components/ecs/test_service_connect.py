"""Tests of Service Connect: a caller receives the URLs of the services it calls, and starts after them."""

from __future__ import annotations

import re

import pytest

from components.ecs.service_connect import callees_first, urls
from settings import read_stack_file
from settings.connections import SecurityGroup, declared_connections
from tests.components.alone import with_service
from tests.components.ecs.contained import INTERNAL, SERVICES, platform_of


@pytest.mark.accepts("A25")
def test_the_gateway_is_told_where_every_service_is_and_they_of_nobody() -> None:
    settings = read_stack_file("prod")
    assert urls(platform_of(settings), "api-gateway") == {
        f"{name.replace('-', '_').upper()}_SERVICE_URL": f"http://{name}:{port}"
        for name, port in INTERNAL.items()
    }
    assert not any(urls(platform_of(settings), service) for service in INTERNAL)


@pytest.mark.accepts("A26")
def test_a_declared_call_gives_address_and_edge_together_to_the_caller_only() -> None:
    settings = with_service(read_stack_file("prod"), "user", calls=("system",))
    assert urls(platform_of(settings), "user") == {"SYSTEM_SERVICE_URL": "http://system:3001"}
    assert urls(platform_of(settings), "system") == {}
    added = set(declared_connections(settings)) - set(declared_connections(read_stack_file("prod")))
    (edge,) = added
    assert (edge.source, edge.target, edge.port) == (SecurityGroup("user"), SecurityGroup("system"), 3001)


def test_every_address_given_is_an_edge_and_every_edge_between_services_an_address() -> None:
    settings = with_service(read_stack_file("prod"), "music", calls=("system", "ai-config"))
    opened = {
        (edge.source.name, edge.target.name)
        for edge in declared_connections(settings)
        if isinstance(edge.source, SecurityGroup)
        and isinstance(edge.target, SecurityGroup)
        and {edge.source.name, edge.target.name} <= set(SERVICES)
    }
    told = {
        (caller, re.sub(r"http://(.+):\d+", r"\1", url))
        for caller in SERVICES
        for url in urls(platform_of(settings), caller).values()
    }
    assert told == opened


def test_a_service_comes_after_those_it_calls() -> None:
    settings = with_service(read_stack_file("prod"), "system", calls=("music",))
    order = callees_first(platform_of(settings))
    assert order.index("music") < order.index("system") < order.index("api-gateway")
    assert sorted(order) == sorted(SERVICES)
    assert order[-1] == "api-gateway"


def test_services_that_call_each_other_come_once_each() -> None:
    settings = with_service(read_stack_file("prod"), "system", calls=("music",))
    settings = with_service(settings, "music", calls=("system",))
    assert sorted(callees_first(platform_of(settings))) == sorted(SERVICES)
