"""Checks that only the gateway connects to services, and only the load balancer to the gateway."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.network.ingress_rules import ingress, known_as
from rules.lib.resource_types import ECS_SERVICE, LOAD_BALANCER, SECURITY_GROUP
from rules.pack.graph import Stack
from rules.pack.properties import parts
from rules.pack.rule import M, Resource, stack_rule
from rules.strongroom.network_reachability import ingress_rules, sources


def _groups(service: Resource, stack: Stack) -> list[Resource]:
    return stack.refers(service, "networkConfiguration", SECURITY_GROUP)


def _is_gateway(service: Resource) -> bool:
    return bool(parts(service.props, "loadBalancers"))


def _load_balancer_groups(stack: Stack) -> set[str]:
    doors = stack.all(LOAD_BALANCER)
    return {group.urn for door in doors for group in stack.refers(door, "securityGroups", SECURITY_GROUP)}


def _gateways(stack: Stack) -> set[str]:
    gateways, named = filter(_is_gateway, stack.all(ECS_SERVICE)), stack.config.gateways
    groups = (group for gateway in gateways for group in _groups(gateway, stack))
    return {group.urn for group in groups if not named or known_as(group, named)}


def _gateway_only(service: Resource, stack: Stack) -> Iterator[str]:
    own = _groups(service, stack)
    if _is_gateway(service):
        allowed = stack.once("load-balancer-groups", _load_balancer_groups) | {group.urn for group in own}
        if stack.config.gateways and not any(known_as(group, stack.config.gateways) for group in own):
            allowed |= stack.once("gateways", _gateways)
    else:
        allowed = stack.once("gateways", _gateways)
    for group in own:
        for rule in ingress_rules(group, stack):
            if any(permission.cidrs for permission in ingress(rule)):
                yield "its security group allows addresses"
            for source in sources(rule, stack):
                if source.urn not in allowed and not _declared(source, group, stack):
                    yield f"its security group allows {source.name}"


def _declared(source: Resource, group: Resource, stack: Stack) -> bool:
    return any(
        known_as(source, [caller]) and known_as(group, [callee])
        for caller, _, callee in (call.partition(">") for call in stack.config.calls)
    )


RULES = [
    stack_rule(
        "service-ingress-gateway-only",
        M,
        ECS_SERVICE,
        "Only the gateway connects to a service, and only the load balancer to the gateway.",
        "remove the rule, or declare the call under the caller's calls",
        finds=_gateway_only,
        requirements=("A26",),
    ),
]
