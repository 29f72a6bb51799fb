"""Security groups: what leaves is as deliberate as what enters, and no group lies about unused."""

from __future__ import annotations

from rules.aws.network.security_group_ingress import HTTP
from rules.lib.ingress_rules import OPENERS, egress, ingress
from rules.lib.resource_types import (
    EGRESS_RULE,
    INGRESS_RULE,
    LISTENER,
    LOAD_BALANCER,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import number, parts, text
from rules.pack.rule import A, Resource, resource_rule, stack_rule

_RULES_OF_A_GROUP = frozenset({SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE})


def _redirected(one: Resource, stack: Stack) -> bool:
    """Whether world-open HTTP leads to a load balancer that only redirects it."""
    if not any(opening.public and opening.covers(HTTP) for opening in ingress(one)):
        return True
    groups = [one] if one.type == SECURITY_GROUP else stack.refers(one, "securityGroupId", SECURITY_GROUP)
    doors = [
        balancer for group in groups for balancer in stack.referrers(group, LOAD_BALANCER, "securityGroups")
    ]
    return bool(doors) and all(
        text(action, "type") == "redirect"
        for door in doors
        for listener in stack.referrers(door, LISTENER, "loadBalancerArn")
        if number(listener.props, "port") == HTTP
        for action in parts(listener.props, "defaultActions")
    )


def _wide(one: Resource, _: Configuration) -> list[str]:
    return [""] if any(opening.public and opening.every_port for opening in egress(one)) else []


def _out(one: Resource, _: Configuration) -> list[str]:
    return [""] if any(opening.public for opening in egress(one)) else []


def _used(group: Resource, stack: Stack) -> bool:
    return any(user.type not in _RULES_OF_A_GROUP for user in stack.users(group))


RULES = [
    stack_rule(
        "sg-no-public-http",
        A,
        OPENERS,
        "HTTP from the world reaches only a load balancer that redirects it.",
        "open 443 alone, or redirect 80 at the load balancer",
        holds=_redirected,
    ),
    resource_rule(
        "sg-egress-restricted",
        A,
        OPENERS,
        "Nothing may leave to everywhere on every port.",
        "name the port and the peer",
        finds=_wide,
    ),
    resource_rule(
        "sg-egress-no-public-any-port",
        A,
        OPENERS,
        "Nothing may leave to everywhere.",
        "name the peer, or exempt it with the reason",
        finds=_out,
    ),
    stack_rule(
        "sg-attached",
        A,
        SECURITY_GROUP,
        "Every group is used by something.",
        "attach it or remove it",
        holds=_used,
    ),
]
