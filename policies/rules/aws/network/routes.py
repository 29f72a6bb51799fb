"""Routes: private subnets use NAT, isolated subnets have no default route, data stores are isolated."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.network.addresses import is_internet
from rules.lib.network.topology import (
    ROUTE_TABLES,
    default_routes,
    destinations,
    has_internet_route,
    leads_to_internet_gateway,
    leads_to_nat,
    routes,
    tier,
)
from rules.lib.resource_types import (
    CACHE_SUBNET_GROUP,
    RDS_SUBNET_GROUP,
    ROUTE,
    SUBNET,
)
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import is_set
from rules.pack.rule import M, Resource, resource_rule, stack_rule

SUBNET_GROUPS = (RDS_SUBNET_GROUP, CACHE_SUBNET_GROUP)


def _by_nat(subnet: Resource, stack: Stack) -> bool:
    if tier(subnet) != "private":
        return True
    return all(
        leads_to_nat(route) and not leads_to_internet_gateway(one, route)
        for one, route in default_routes(subnet, stack)
    )


def _closed(subnet: Resource, stack: Stack) -> Iterator[str]:
    if tier(subnet) == "private" and has_internet_route(subnet, stack):
        yield "a private subnet has a route to an Internet gateway"
    if tier(subnet) == "isolated" and any(default_routes(subnet, stack)):
        yield "an isolated subnet has a default route"


def _peered(one: Resource, _: Configuration) -> list[str]:
    """Routes to peers whose address blocks are the Internet together."""
    peered = [route for route in routes(one) if is_set(route, "vpcPeeringConnectionId")]
    return [""] if is_internet(*(block for route in peered for block in destinations(route))) else []


def _private_group(group: Resource, stack: Stack) -> Iterator[str]:
    for subnet in stack.refers(group, "subnetIds", SUBNET):
        if has_internet_route(subnet, stack):
            yield f"{subnet.name} has a route to an Internet gateway"


RULES = [
    stack_rule(
        "route-private-via-nat",
        M,
        SUBNET,
        "Private subnets reach the Internet through NAT.",
        "route 0.0.0.0/0 to a NAT gateway",
        holds=_by_nat,
        requirements=("A22",),
    ),
    resource_rule(
        "route-peering-scoped",
        M,
        (ROUTE, *ROUTE_TABLES),
        "No default route leads to a VPC peering connection.",
        "route the peer's address blocks only",
        finds=_peered,
    ),
    stack_rule(
        "own-route-closed",
        M,
        SUBNET,
        "Private subnets have no Internet gateway route, isolated subnets no default route.",
        "remove the route",
        finds=_closed,
        requirements=("A19", "A23"),
    ),
    stack_rule(
        "own-db-private",
        M,
        SUBNET_GROUPS,
        "Data stores are in subnets without a route to an Internet gateway.",
        "place it in the isolated subnets",
        finds=_private_group,
        requirements=("A19",),
    ),
]
