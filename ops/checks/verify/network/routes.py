"""Checks the route tables and network ACLs of the private and isolated subnets."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from ops.checks.verify.network.vpc import subnets
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item


def route_table(aws: AwsState, subnet_id: str) -> Item:
    """The route table of a subnet: the associated one, else the VPC's main route table."""
    tables = aws.in_vpc("describe_route_tables", "RouteTables")
    for table in tables:
        if any(link.get("SubnetId") == subnet_id for link in table["Associations"]):
            return table
    return next(table for table in tables if any(link.get("Main") for link in table["Associations"]))


@check("network-isolated-routes", "A19", "A23")
def isolated_routes(aws: AwsState) -> Iterator[Problem]:
    """Isolated subnets have no route but the local one."""
    for subnet in subnets(aws, "isolated"):
        table = route_table(aws, subnet["SubnetId"])
        for route in table["Routes"]:
            if route.get("GatewayId") != "local":
                target = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
                target = target or route.get("DestinationPrefixListId", "an unknown destination")
                yield Problem(
                    table["RouteTableId"],
                    f"has a route to {target} for isolated subnet {subnet['SubnetId']}",
                    "delete the route",
                )


@check("network-private-routes", "A22")
def private_routes(aws: AwsState) -> Iterator[Problem]:
    """Private subnets have a default route to a NAT gateway, or none where the stack has no NAT gateway."""
    has_nat = aws.settings.network.nat != "none"
    for subnet in subnets(aws, "private"):
        routes = route_table(aws, subnet["SubnetId"])["Routes"]
        default = [route for route in routes if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
        if any(str(route.get("GatewayId", "")).startswith("igw-") for route in routes):
            yield Problem(subnet["SubnetId"], "has a route to an internet gateway", "delete the route")
        elif has_nat and not any(route.get("NatGatewayId") for route in default):
            yield Problem(subnet["SubnetId"], "has no default route to a NAT gateway", BY_PROGRAM)
        elif default and not has_nat:
            yield Problem(
                subnet["SubnetId"], "has a default route, declared is nat: none", "delete the route"
            )


@check("network-isolated-acl", "A23")
def isolated_acl(aws: AwsState) -> Iterator[Problem]:
    """The network ACLs of isolated subnets allow the VPC's addresses only, inbound and outbound."""
    acls = {
        link["SubnetId"]: acl
        for acl in aws.in_vpc("describe_network_acls", "NetworkAcls")
        for link in acl["Associations"]
    }
    inside = aws.settings.network.cidr
    for subnet in subnets(aws, "isolated"):
        acl = acls.get(subnet["SubnetId"])
        if acl is None:
            yield Problem(subnet["SubnetId"], "has no network ACL", BY_PROGRAM)
            continue
        for entry in acl["Entries"]:
            if entry["RuleAction"] == "allow" and not _within(entry, inside):
                way = "outbound traffic to" if entry["Egress"] else "inbound traffic from"
                block = entry.get("CidrBlock") or entry.get("Ipv6CidrBlock")
                yield Problem(
                    acl["NetworkAclId"],
                    f"allows {way} {block} for isolated subnet {subnet['SubnetId']}",
                    "delete the entry",
                )


def _within(entry: Item, inside: IPv4Network) -> bool:
    block = entry.get("CidrBlock")
    return block is not None and IPv4Network(block).subnet_of(inside)
