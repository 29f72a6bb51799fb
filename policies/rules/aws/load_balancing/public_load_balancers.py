"""Doors: a load balancer faces the Internet where that is declared, behind a web ACL."""

from __future__ import annotations

from rules.aws.load_balancing.load_balancers import is_application
from rules.lib.ingress_rules import known_as
from rules.lib.resource_types import LOAD_BALANCER, SECURITY_GROUP, WEB_ACL_ASSOCIATION
from rules.pack.graph import Stack
from rules.pack.properties import on
from rules.pack.rule import A, P, Resource, stack_rule


def _declared(balancer: Resource, stack: Stack) -> bool:
    if on(balancer.props, "internal"):
        return True
    groups = stack.refers(balancer, "securityGroups", SECURITY_GROUP)
    return bool(groups) and all(known_as(group, stack.config.public_groups) for group in groups)


RULES = [
    stack_rule(
        "alb-waf",
        P,
        LOAD_BALANCER,
        "A public load balancer stands behind a web ACL.",
        "associate one",
        holds=lambda balancer, stack: (
            on(balancer.props, "internal")
            or not is_application(balancer.props)
            or bool(stack.referrers(balancer, WEB_ACL_ASSOCIATION, "resourceArn"))
        ),
    ),
    stack_rule(
        "alb-public-declared",
        A,
        LOAD_BALANCER,
        "A load balancer faces the Internet only where that is declared.",
        "set internal=True, or list its group in the pack's publicGroups",
        holds=_declared,
    ),
]
