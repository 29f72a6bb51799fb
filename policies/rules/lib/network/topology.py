"""Derives from routes which subnets are public and which reach the Internet through NAT.

Routes are inline in a route table or separate; a subnet without an association uses the main route table of
its VPC: the one of a MainRouteTableAssociation, else the default route table.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.network.addresses import is_internet
from rules.lib.resource_types import (
    DEFAULT_ROUTE_TABLE,
    INTERNET_GATEWAY,
    MAIN_ROUTE_TABLE_ASSOCIATION,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    VPC,
    VPN_GATEWAY,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_set, known, part, parts, text
from rules.pack.rule import Resource

ROUTE_TABLES = (ROUTE_TABLE, DEFAULT_ROUTE_TABLE)
TIER_TAG = "Tier"
_DESTINATIONS = ("cidrBlock", "destinationCidrBlock", "ipv6CidrBlock", "destinationIpv6CidrBlock")
_NOT_INTERNET = ("vgw-", "local")


def tier(subnet: Resource) -> str:
    """The tier of a subnet, from its tag or its name; empty when neither contains one."""
    said = text(part(subnet.props, "tags"), TIER_TAG).lower()
    return said or next((name for name in ("public", "private", "isolated") if name in subnet.name), "")


def routes(one: Resource) -> list[Props]:
    """The routes of a resource: those inline in a route table, or the one of a Route."""
    return parts(one.props, "routes") if one.type in ROUTE_TABLES else [one.props]


def destinations(route: Props) -> list[str]:
    """The address blocks that a route leads to."""
    return [block for key in _DESTINATIONS if (block := text(route, key))]


def is_default(route: Props) -> bool:
    """Whether a route leads to the Internet's addresses, or to a half of them."""
    return is_internet(*destinations(route))


def default_routes(subnet: Resource, stack: Stack) -> Iterator[tuple[Resource, Props]]:
    """The default routes of a subnet, each with the resource that it is in."""
    for one in _routing(subnet, stack):
        for route in routes(one):
            if is_default(route):
                yield one, route


def _routing(subnet: Resource, stack: Stack) -> Iterator[Resource]:
    """The route tables and separate routes that a subnet uses."""
    for owner in _associated(subnet, stack) or _main(subnet, stack):
        if owner.type in ROUTE_TABLES:
            yield owner
        yield from stack.referrers(owner, ROUTE, "routeTableId")


def _associated(subnet: Resource, stack: Stack) -> list[Resource]:
    """The route tables of a subnet's associations; a VPC stands for its own main route table."""
    return [
        table
        for association in stack.referrers(subnet, ROUTE_TABLE_ASSOCIATION, "subnetId")
        for table in stack.refers(association, "routeTableId", *ROUTE_TABLES, VPC)
    ]


def _main(subnet: Resource, stack: Stack) -> list[Resource]:
    """The main route table of a subnet's VPC, and the VPC, whose id of it separate routes may use."""
    found: list[Resource] = []
    for vpc in stack.refers(subnet, "vpcId", VPC):
        named = [
            table
            for association in stack.referrers(vpc, MAIN_ROUTE_TABLE_ASSOCIATION, "vpcId")
            for table in stack.refers(association, "routeTableId", *ROUTE_TABLES)
        ]
        found += named or [*stack.referrers(vpc, DEFAULT_ROUTE_TABLE, "defaultRouteTableId"), vpc]
    return found


def leads_to_internet_gateway(one: Resource, route: Props) -> bool:
    """Whether a route goes to an Internet gateway (a virtual private gateway shares the property)."""
    if known(route, "gatewayId") and text(route, "gatewayId").startswith(_NOT_INTERNET):
        return False
    made_from = one.needs.get("gatewayId") or one.needs.get("routes") or ()
    gateways = {other.type for other in made_from} & {INTERNET_GATEWAY, VPN_GATEWAY}
    return is_set(route, "gatewayId") and (not gateways or INTERNET_GATEWAY in gateways)


def has_internet_route(subnet: Resource, stack: Stack) -> bool:
    """Whether a subnet has a route to an Internet gateway."""
    return any(leads_to_internet_gateway(one, route) for one, route in default_routes(subnet, stack))


def leads_to_nat(route: Props) -> bool:
    """Whether a route goes to a NAT gateway or instance, or for IPv6 to an egress-only Internet gateway."""
    return any(is_set(route, key) for key in ("natGatewayId", "networkInterfaceId", "egressOnlyGatewayId"))
