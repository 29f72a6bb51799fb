"""Load balancers: headers checked, requests logged, in two zones, public only where declared."""

from __future__ import annotations

from rules.lib.ingress_rules import known_as
from rules.lib.resource_types import LISTENER, LOAD_BALANCER, SECURITY_GROUP, WEB_ACL_ASSOCIATION
from rules.pack.graph import Stack
from rules.pack.properties import Props, on, part, parts, text, values
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule


def is_application(balancer: Props) -> bool:
    """Whether it balances HTTP."""
    return text(balancer, "loadBalancerType") in ("", "application")


def redirects(listener: Props) -> bool:
    """Whether an HTTP listener does nothing but send clients to HTTPS."""
    if text(listener, "protocol") != "HTTP":
        return True
    actions = parts(listener, "defaultActions")
    return bool(actions) and all(
        text(action, "type") == "redirect" and text(part(action, "redirect"), "protocol") == "HTTPS"
        for action in actions
    )


def _zones(balancer: Props) -> int:
    return max(len(values(balancer, "subnets")), len(values(balancer, "subnetMappings")))


def _declared(balancer: Resource, stack: Stack) -> bool:
    if on(balancer.props, "internal"):
        return True
    groups = stack.refers(balancer, "securityGroups", SECURITY_GROUP)
    return bool(groups) and all(known_as(group, stack.config.public_groups) for group in groups)


RULES = [
    stack_rule(
        "alb-redirects",
        M,
        LOAD_BALANCER,
        "A load balancer's HTTP listeners all redirect.",
        "set one default action: redirect to HTTPS with HTTP_301 (A53)",
        holds=lambda balancer, stack: all(
            redirects(listener.props) for listener in stack.referrers(balancer, LISTENER, "loadBalancerArn")
        ),
    ),
    resource_rule(
        "alb-drop-headers",
        M,
        LOAD_BALANCER,
        "Malformed headers never reach the application.",
        "set drop_invalid_header_fields=True",
        holds=lambda balancer: not is_application(balancer) or on(balancer, "dropInvalidHeaderFields"),
    ),
    resource_rule(
        "alb-desync",
        M,
        LOAD_BALANCER,
        "Requests that desynchronise are not let through.",
        "remove desync_mitigation_mode",
        holds=lambda balancer: text(balancer, "desyncMitigationMode") != "monitor",
    ),
    resource_rule(
        "alb-access-logs",
        M,
        LOAD_BALANCER,
        "Every request is logged.",
        "set access_logs with enabled=True",
        holds=lambda balancer: on(part(balancer, "accessLogs"), "enabled"),
    ),
    resource_rule(
        "alb-deletion-protection",
        P,
        LOAD_BALANCER,
        "The front door is not deleted by mistake.",
        "set enable_deletion_protection=True",
        holds=lambda balancer: on(balancer, "enableDeletionProtection"),
    ),
    resource_rule(
        "alb-multi-az",
        M,
        LOAD_BALANCER,
        "A load balancer stands in two zones.",
        "give it two subnets",
        holds=lambda balancer: _zones(balancer) > 1,
    ),
    resource_rule(
        "nlb-cross-zone",
        A,
        LOAD_BALANCER,
        "A network load balancer balances across zones.",
        "set enable_cross_zone_load_balancing=True",
        holds=lambda balancer: is_application(balancer) or on(balancer, "enableCrossZoneLoadBalancing"),
    ),
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
