"""Tests of Network: three tiers, NAT for the private one, no route for the isolated one, flow logs."""

from __future__ import annotations

import pytest

from components.network.flow_log import INTERVAL_S
from tests.components.alone import network
from tests.components.stand_ins import key_arn
from tests.harness import Deployment, Registered


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return network()


def routes_of(deployment: Deployment, tier: str) -> list[Registered]:
    tables = {table.id for table in deployment.all("RouteTable") if table["tags"]["Tier"] == tier}
    return [route for route in deployment.all("Route") if route["routeTableId"] in tables]


def subnets_of(deployment: Deployment, tier: str) -> list[Registered]:
    return [subnet for subnet in deployment.all("Subnet") if subnet["tags"]["Tier"] == tier]


@pytest.mark.accepts("A21", "A22", "A23", "A38")
@pytest.mark.parametrize("tier", ["public", "private", "isolated"])
def test_each_tier_has_one_subnet_a_zone(prod: Deployment, tier: str) -> None:
    assert sorted(subnet["availabilityZone"][-1] for subnet in subnets_of(prod, tier)) == ["a", "b", "c"]


@pytest.mark.accepts("A21")
def test_no_subnet_gives_out_public_addresses(prod: Deployment) -> None:
    assert {subnet["mapPublicIpOnLaunch"] for subnet in prod.all("Subnet")} == {False}


@pytest.mark.accepts("A22")
def test_the_private_tier_reaches_the_internet_through_the_nat_of_its_own_zone(prod: Deployment) -> None:
    routes = {route.name: route["natGatewayId"] for route in routes_of(prod, "private")}
    assert routes == {f"network-private-{zone}-default": f"network-nat-{zone}-id" for zone in ("a", "b", "c")}


def test_staging_has_one_nat_for_all_its_zones() -> None:
    routes = routes_of(network("staging"), "private")
    assert [route["natGatewayId"] for route in routes] == ["network-nat-a-id"] * 2


def test_without_nat_the_private_tier_has_no_way_out() -> None:
    deployment = network("staging", nat="none")
    assert routes_of(deployment, "private") == []
    assert deployment.all("NatGateway") == []


@pytest.mark.accepts("A19", "A23")
def test_the_isolated_tier_has_no_route_at_all(prod: Deployment) -> None:
    assert routes_of(prod, "isolated") == []
    (table,) = (t for t in prod.all("RouteTable") if t["tags"]["Tier"] == "isolated")
    assert "routes" not in table.inputs


@pytest.mark.accepts("A23")
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_the_isolated_tier_talks_to_the_vpc_only(prod: Deployment, direction: str) -> None:
    acl = prod.only("NetworkAcl")
    assert sorted(acl["subnetIds"]) == sorted(s.id for s in subnets_of(prod, "isolated"))
    assert [(rule["action"], rule["cidrBlock"]) for rule in acl[direction]] == [("allow", "10.20.0.0/16")]


@pytest.mark.accepts("A53")
def test_every_flow_is_logged_each_minute(prod: Deployment) -> None:
    log = prod.only("FlowLog")
    assert (log["vpcId"], log["trafficType"], log["maxAggregationInterval"]) == ("network-vpc-id", "ALL", 60)
    assert INTERVAL_S == 60


@pytest.mark.accepts("A40")
def test_the_flow_log_is_encrypted_and_kept(prod: Deployment) -> None:
    group = prod.named("network-flow", "LogGroup")
    assert group["name"] == "/aiponge/prod/flow"
    assert group["kmsKeyId"] == key_arn("logs")
    assert group["retentionInDays"] == 365


def test_the_flow_log_writes_to_its_own_group_only(prod: Deployment) -> None:
    writes, looks = prod.named("network-flow", "RolePolicy").document("policy")["Statement"]
    group = prod.named("network-flow", "LogGroup")
    assert writes["Resource"] == [group.arn, f"{group.arn}:*"]
    assert looks["Action"] == "logs:DescribeLogGroups"


@pytest.mark.accepts("A53")
def test_the_default_group_admits_and_reaches_nothing(prod: Deployment) -> None:
    group = prod.only("DefaultSecurityGroup")
    assert (group["ingress"], group["egress"]) == ([], [])


@pytest.mark.accepts("A53")
def test_unencrypted_traffic_inside_the_vpc_is_reported(prod: Deployment) -> None:
    assert prod.only("VpcEncryptionControl")["mode"] == "monitor"
