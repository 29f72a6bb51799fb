"""Tests of the routes' checks: each manually added route or ACL entry is found."""

from __future__ import annotations

import pytest

from tests.ops.checks.verify.network.lookups import in_tier, vpc_id
from tests.ops.live import Live, Make, Undo


def _default_route(tier: str, **to: str) -> Make:
    def make(live: Live) -> Undo:
        ec2, table = live.client("ec2"), in_tier(live, "tables", tier)[0]["RouteTableId"]
        target = dict(to)
        if "GatewayId" in target:
            gateways = ec2.describe_internet_gateways(
                Filters=[{"Name": "attachment.vpc-id", "Values": [vpc_id(live)]}]
            )
            target["GatewayId"] = gateways["InternetGateways"][0]["InternetGatewayId"]
        ec2.create_route(RouteTableId=table, **target)
        where = {key: value for key, value in target.items() if key.startswith("Destination")}
        return lambda: ec2.delete_route(RouteTableId=table, **where)

    return make


def no_nat_route(live: Live) -> Undo:
    ec2, table = live.client("ec2"), in_tier(live, "tables", "private")[0]
    nat = next(route["NatGatewayId"] for route in table["Routes"] if route.get("NatGatewayId"))
    where = {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": "0.0.0.0/0"}
    ec2.delete_route(**where)
    return lambda: ec2.create_route(**where, NatGatewayId=nat)


def acl_open_to_the_world(live: Live) -> Undo:
    ec2, acl = live.client("ec2"), in_tier(live, "acls", "isolated")[0]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 90, "Egress": False}
    ec2.create_network_acl_entry(**entry, Protocol="-1", RuleAction="allow", CidrBlock="0.0.0.0/0")
    return lambda: ec2.delete_network_acl_entry(**entry)


SLIPS = [
    pytest.param(
        _default_route("isolated", DestinationCidrBlock="0.0.0.0/0", GatewayId="igw"),
        "network-isolated-routes",
        marks=pytest.mark.accepts("A19", "A23"),
        id="default_route_in_isolated_tier",
    ),
    pytest.param(
        _default_route("isolated", DestinationIpv6CidrBlock="::/0", GatewayId="igw"),
        "network-isolated-routes",
        marks=pytest.mark.accepts("A19", "A23"),
        id="ipv6_default_route_in_isolated_tier",
    ),
    pytest.param(no_nat_route, "network-private-routes", marks=pytest.mark.accepts("A22")),
    pytest.param(acl_open_to_the_world, "network-isolated-acl", marks=pytest.mark.accepts("A23")),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_the_routes_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}
