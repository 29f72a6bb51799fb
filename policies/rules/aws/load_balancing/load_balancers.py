"""Load balancers: headers checked, requests logged, in two zones."""

from __future__ import annotations

from rules.lib.resource_types import LISTENER, LOAD_BALANCER
from rules.pack.properties import Props, on, part, parts, text, values
from rules.pack.rule import A, M, P, relate, require


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


RULES = [
    relate(
        "alb-redirects",
        M,
        LOAD_BALANCER,
        "A load balancer's HTTP listeners all redirect.",
        "set one default action: redirect to HTTPS with HTTP_301 (A53)",
        lambda balancer, stack: all(
            redirects(listener.props) for listener in stack.referrers(balancer, LISTENER, "loadBalancerArn")
        ),
    ),
    require(
        "alb-drop-headers",
        M,
        LOAD_BALANCER,
        "Malformed headers never reach the application.",
        "set drop_invalid_header_fields=True",
        lambda balancer: not is_application(balancer) or on(balancer, "dropInvalidHeaderFields"),
    ),
    require(
        "alb-desync",
        M,
        LOAD_BALANCER,
        "Requests that desynchronise are not let through.",
        "remove desync_mitigation_mode",
        lambda balancer: text(balancer, "desyncMitigationMode") != "monitor",
    ),
    require(
        "alb-access-logs",
        M,
        LOAD_BALANCER,
        "Every request is logged.",
        "set access_logs with enabled=True",
        lambda balancer: on(part(balancer, "accessLogs"), "enabled"),
    ),
    require(
        "alb-deletion-protection",
        P,
        LOAD_BALANCER,
        "The front door is not deleted by mistake.",
        "set enable_deletion_protection=True",
        lambda balancer: on(balancer, "enableDeletionProtection"),
    ),
    require(
        "alb-multi-az",
        M,
        LOAD_BALANCER,
        "A load balancer stands in two zones.",
        "give it two subnets",
        lambda balancer: _zones(balancer) > 1,
    ),
    require(
        "nlb-cross-zone",
        A,
        LOAD_BALANCER,
        "A network load balancer balances across zones.",
        "set enable_cross_zone_load_balancing=True",
        lambda balancer: is_application(balancer) or on(balancer, "enableCrossZoneLoadBalancing"),
    ),
]
