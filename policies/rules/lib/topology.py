"""Derives from routes which subnets are public and which reach the Internet through NAT."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.resource_types import INTERNET_GATEWAY, ROUTE, ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_set, part, parts, text
from rules.pack.rule import Resource

EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})
TIER_TAG = "Tier"


def tier(subnet: Resource) -> str:
    """The tier of a subnet, from its tag or its name; empty when neither contains one."""
    said = text(part(subnet.props, "tags"), TIER_TAG).lower()
    return said or next((name for name in ("public", "private", "isolated") if name in subnet.name), "")


def default_routes(subnet: Resource, stack: Stack) -> Iterator[tuple[Resource, Props]]:
    """The default routes of the route tables that a subnet is associated with."""
    for association in stack.referrers(subnet, ROUTE_TABLE_ASSOCIATION, "subnetId"):
        for table in stack.refers(association, "routeTableId", ROUTE_TABLE):
            for inline in parts(table.props, "routes"):
                if _everywhere(inline):
                    yield table, inline
            for route in stack.referrers(table, ROUTE, "routeTableId"):
                if _everywhere(route.props):
                    yield route, route.props


def leads_to_internet_gateway(one: Resource, route: Props) -> bool:
    """Whether a route goes to an Internet gateway (a virtual private gateway shares the property)."""
    made_from = one.needs.get("gatewayId") or ()
    if made_from:
        return any(other.type == INTERNET_GATEWAY for other in made_from)
    return is_set(route, "gatewayId")


def has_internet_route(subnet: Resource, stack: Stack) -> bool:
    """Whether a subnet has a route to an Internet gateway."""
    return any(leads_to_internet_gateway(one, route) for one, route in default_routes(subnet, stack))


def leads_to_nat(route: Props) -> bool:
    """Whether a route goes to a NAT gateway or NAT instance."""
    return is_set(route, "natGatewayId") or is_set(route, "networkInterfaceId")


def _everywhere(route: Props) -> bool:
    return bool(
        {
            text(route, key)
            for key in ("cidrBlock", "destinationCidrBlock", "ipv6CidrBlock", "destinationIpv6CidrBlock")
        }
        & EVERYWHERE
    )
