"""Tests of connections, open ports and resources, compared with what a stack declares."""

from __future__ import annotations

import pytest

from ops.core.updater import Deployed
from report.collect.architecture import architecture
from settings import read_stack_file
from settings.connections import Cidr, declared_connections
from tests.aiponge import SERVICE_PORTS
from tests.program import STACKS
from tests.report.declared import report


@pytest.mark.parametrize("stack", STACKS)
def test_every_declared_connection_is_there_with_its_port(stack: str) -> None:
    declared = declared_connections(read_stack_file(stack))
    shown = report(stack).architecture.connections
    assert sorted(one.port for one in shown) == sorted(one.port for one in dict.fromkeys(declared))


def test_the_way_from_the_internet_ends_at_the_gateway() -> None:
    way = [
        (one.source, one.target, one.port)
        for one in report("staging").architecture.connections
        if one.from_internet
    ]
    assert way == [("internet", "edge", 443), ("internet", "edge", 80), ("edge", "api-gateway", 443)]


@pytest.mark.parametrize("stack", STACKS)
def test_a_port_is_public_where_an_address_block_may_connect(stack: str) -> None:
    declared = [
        one
        for one in declared_connections(read_stack_file(stack))
        if isinstance(one.source, Cidr) and not isinstance(one.target, Cidr)
    ]
    public = [one.port for one in report(stack).architecture.open_ports if one.public]
    assert sorted(public) == sorted({one.port for one in declared})


def test_each_service_listens_on_its_port_for_the_gateway_only() -> None:
    ports = {one.part: one for one in report("staging").architecture.open_ports}
    assert {name: ports[name].port for name in SERVICE_PORTS} == SERVICE_PORTS
    assert {ports[name].sources for name in SERVICE_PORTS} == {("api-gateway",)}


def test_the_id_of_a_random_resource_is_left_out_because_it_may_be_a_secret() -> None:
    settings = read_stack_file("staging")
    state = [
        Deployed("urn::values-key", "random:index/randomId:RandomId", "v4lue", False, {}),
        Deployed("urn::keys-data", "aws:kms/key:Key", "key-1", True, {}),
    ]
    shown = {one.name: one for one in architecture(settings, state, ()).resources}
    assert shown["values-key"].id == ""
    assert shown["keys-data"].id == "key-1"
    assert shown["keys-data"].protected
