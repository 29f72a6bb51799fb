"""Tests of Connections: the rules of each security group are those of the declared connections."""

from __future__ import annotations

from typing import Any

import pytest

from settings import read_stack_file
from settings.connections import declared_connections
from tests.aiponge import SERVICE_PORTS
from tests.components.alone import connections, connections_of, with_service
from tests.harness import Deployment, Registered

DATABASE_SERVICES = {"system", "storage", "user", "ai-config", "ai-content", "ai-analytics", "music"}
CACHE_SERVICES = {"api-gateway", "user", "ai-config", "ai-analytics"}
PORTS = SERVICE_PORTS
EXTERNAL = DATABASE_SERVICES - {"system"}
Rule = tuple[str, int]


@pytest.fixture(scope="module", params=["prod", "staging"])
def stack(request: pytest.FixtureRequest) -> Deployment:
    return connections(request.param)


def rules(deployment: Deployment, group: str, direction: str) -> set[Rule]:
    """(peer, port) of each rule of one group; the peer by group name, block or prefix list."""
    return {
        (peer(rule), rule["fromPort"])
        for rule in deployment.all(f"SecurityGroup{direction}Rule")
        if rule["securityGroupId"] == f"connections-{group}-id"
    }


def peer(rule: Registered) -> str:
    for key in ("referencedSecurityGroupId", "cidrIpv4", "prefixListId"):
        if key in rule.inputs:
            return str(rule[key]).removeprefix("connections-").removesuffix("-id")
    raise AssertionError(f"{rule.name} names no peer")


@pytest.mark.accepts("A24", "A39")
def test_the_gateway_is_entered_from_the_load_balancer_on_443_only(stack: Deployment) -> None:
    assert rules(stack, "api-gateway", "Ingress") == {("alb", 443)}


@pytest.mark.accepts("A25")
def test_the_gateway_reaches_every_service_on_its_port_and_what_it_needs_to_start(stack: Deployment) -> None:
    services = set(PORTS.items())
    assert rules(stack, "api-gateway", "Egress") == services | {
        ("redis", 6379),
        ("endpoints", 443),
        ("pl-s3", 443),
    }


@pytest.mark.accepts("A26", "A12")
@pytest.mark.parametrize("service", sorted(PORTS))
def test_a_service_is_entered_from_the_gateway_only(stack: Deployment, service: str) -> None:
    assert rules(stack, service, "Ingress") == {("api-gateway", PORTS[service])}


@pytest.mark.accepts("A27")
@pytest.mark.parametrize("service", sorted(PORTS))
def test_a_service_reaches_its_stores_and_external_apis_only(stack: Deployment, service: str) -> None:
    expected: set[Rule] = {("endpoints", 443), ("pl-s3", 443), ("rds", 5432)}
    expected |= {("redis", 6379)} if service in CACHE_SERVICES else set()
    expected |= {("0.0.0.0/0", 443)} if service in EXTERNAL else set()
    assert rules(stack, service, "Egress") == expected


@pytest.mark.accepts("A20", "A28")
def test_the_database_admits_its_services_the_tool_and_the_rotation_only(stack: Deployment) -> None:
    expected = {(service, 5432) for service in (*DATABASE_SERVICES, "reencrypt", "rotate")}
    assert rules(stack, "rds", "Ingress") == expected


@pytest.mark.accepts("A29")
@pytest.mark.parametrize("group", ["rds", "redis", "endpoints"])
def test_a_store_reaches_nothing(stack: Deployment, group: str) -> None:
    assert rules(stack, group, "Egress") == set()


@pytest.mark.accepts("A26", "A29")
def test_the_tool_reaches_the_database_and_what_it_needs_to_start_and_nobody_enters_it(
    stack: Deployment,
) -> None:
    assert rules(stack, "reencrypt", "Egress") == {("rds", 5432), ("endpoints", 443), ("pl-s3", 443)}
    assert rules(stack, "reencrypt", "Ingress") == set()


@pytest.mark.accepts("A30")
def test_the_cache_admits_its_services_only(stack: Deployment) -> None:
    assert rules(stack, "redis", "Ingress") == {(service, 6379) for service in CACHE_SERVICES}


@pytest.mark.accepts("A53")
def test_the_load_balancer_is_entered_on_443_and_80_and_reaches_the_gateway_only(stack: Deployment) -> None:
    assert rules(stack, "alb", "Ingress") == {("0.0.0.0/0", 443), ("0.0.0.0/0", 80)}
    assert rules(stack, "alb", "Egress") == {("api-gateway", 443)}


def test_the_rotation_reaches_the_database_and_the_secrets_endpoint_only(stack: Deployment) -> None:
    assert rules(stack, "rotate", "Ingress") == set()
    assert rules(stack, "rotate", "Egress") == {("rds", 5432), ("endpoints", 443)}


def test_there_are_as_many_rules_as_edges_have_ends(stack: Deployment) -> None:
    assert all_rules(stack) == {
        (rule["securityGroupId"], peer(rule), rule["fromPort"], rule["toPort"], rule["ipProtocol"])
        for direction in ("Ingress", "Egress")
        for rule in stack.all(f"SecurityGroup{direction}Rule")
        if rule["fromPort"] == rule["toPort"] and rule["ipProtocol"] == "tcp"
    }


def all_rules(deployment: Deployment) -> set[tuple[Any, ...]]:
    return {
        (rule["securityGroupId"], peer(rule), rule["fromPort"], rule["toPort"], rule["ipProtocol"])
        for direction in ("Ingress", "Egress")
        for rule in deployment.all(f"SecurityGroup{direction}Rule")
    }


def test_no_group_carries_rules_of_its_own(stack: Deployment) -> None:
    assert not [g for g in stack.all("SecurityGroup") if g.inputs.keys() & {"ingress", "egress"}]


@pytest.mark.accepts("A29")
def test_a_rule_added_by_hand_is_removed_from_every_group(stack: Deployment) -> None:
    exclusive = stack.all("VpcSecurityGroupRulesExclusive")
    assert {one["securityGroupId"] for one in exclusive} == {g.id for g in stack.all("SecurityGroup")}


@pytest.mark.accepts("A29")
def test_the_exclusive_list_of_the_database_has_its_ingress_and_no_egress(stack: Deployment) -> None:
    rds = stack.named("connections-rds", "VpcSecurityGroupRulesExclusive")
    assert len(rds["ingressRuleIds"]) == len(DATABASE_SERVICES) + 2
    assert rds["egressRuleIds"] == []


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_every_rule_says_what_it_is_for(name: str) -> None:
    described = [
        rule["description"]
        for direction in ("Ingress", "Egress")
        for rule in connections(name).all(f"SecurityGroup{direction}Rule")
    ]
    assert all(" to " in text for text in described)
    expected = {edge.description for edge in declared_connections(read_stack_file(name))}
    assert set(described) == expected


@pytest.mark.accepts("A26")
def test_a_declared_call_opens_one_edge_between_two_services() -> None:
    opened = connections_of(with_service(read_stack_file("staging"), "music", calls=("storage",)))
    assert rules(opened, "storage", "Ingress") == {("api-gateway", 3002), ("music", 3002)}
    assert all_rules(opened) - all_rules(connections("staging")) == {
        ("connections-storage-id", "music", 3002, 3002, "tcp"),
        ("connections-music-id", "storage", 3002, 3002, "tcp"),
    }


def test_a_rule_can_be_withdrawn_while_the_stack_is_protected() -> None:
    for direction in ("Ingress", "Egress"):
        assert not any(rule.protect for rule in connections().all(f"SecurityGroup{direction}Rule"))


@pytest.mark.accepts("A19", "A43")
@pytest.mark.parametrize("name", ["prod", "cinematch-production"])
def test_a_restored_database_admits_the_function_that_checks_it_and_nothing_else(name: str) -> None:
    deployment = connections(name)
    assert rules(deployment, "restored-rds", "Ingress") == {("check-restored", 5432)}
    assert rules(deployment, "restored-rds", "Egress") == set()
    assert rules(deployment, "check-restored", "Ingress") == set()


@pytest.mark.accepts("A43")
def test_the_function_that_checks_reaches_the_secret_store_only_where_columns_are_encrypted() -> None:
    database, store = ("restored-rds", 5432), ("endpoints", 443)
    assert rules(connections("prod"), "check-restored", "Egress") == {database, store}
    assert rules(connections("cinematch-production"), "check-restored", "Egress") == {database}
