"""Routes: private subnets go out by NAT, isolated ones not at all, data lies where nobody comes in."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.resource_types import (
    CACHE_SUBNET_GROUP,
    RDS_SUBNET_GROUP,
    ROUTE,
    SUBNET,
)
from rules.lib.topology import (
    EVERYWHERE,
    default_routes,
    has_internet_route,
    leads_to_internet_gateway,
    leads_to_nat,
    tier,
)
from rules.pack.graph import Stack
from rules.pack.properties import is_set, text
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


def _private_group(group: Resource, stack: Stack) -> Iterator[str]:
    for subnet in stack.refers(group, "subnetIds", SUBNET):
        if has_internet_route(subnet, stack):
            yield f"{subnet.name} has a route to an Internet gateway"


RULES = [
    stack_rule(
        "route-private-via-nat",
        M,
        SUBNET,
        "Private subnets go out through NAT.",
        "route 0.0.0.0/0 to a NAT gateway (A22)",
        holds=_by_nat,
    ),
    resource_rule(
        "route-peering-scoped",
        M,
        ROUTE,
        "A peer is not the way to everywhere.",
        "route the peer's own addresses",
        holds=lambda route: (
            not is_set(route, "vpcPeeringConnectionId")
            or not {text(route, "destinationCidrBlock"), text(route, "destinationIpv6CidrBlock")} & EVERYWHERE
        ),
    ),
    stack_rule(
        "own-route-closed",
        M,
        SUBNET,
        "Private subnets have no way in, isolated ones no way out.",
        "remove the route (A19, A23)",
        finds=_closed,
    ),
    stack_rule(
        "own-db-private",
        M,
        SUBNET_GROUPS,
        "Data stores lie in subnets that the Internet cannot enter.",
        "use the isolated subnets (A19)",
        finds=_private_group,
    ),
]
