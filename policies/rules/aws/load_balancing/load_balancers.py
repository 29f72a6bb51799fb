"""Load balancers: header checks, access logs, deletion protection, zones, web ACLs, public exposure."""

from __future__ import annotations

from rules.lib.network.ingress_rules import known_as
from rules.lib.resource_types import LISTENER, LOAD_BALANCER, SECURITY_GROUP, WEB_ACL_ASSOCIATION
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_one_of, is_set, known, on, part, parts, text, values, word
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule


def is_application(balancer: Props) -> bool:
    """Whether it is an Application Load Balancer."""
    return is_one_of(balancer, "loadBalancerType", "application", default="application")


def is_gateway(balancer: Props) -> bool:
    """Whether it is a Gateway Load Balancer, which the Internet cannot reach and which has no logs."""
    return is_one_of(balancer, "loadBalancerType", "gateway")


def listener_protocol(listener: Props) -> str:
    """The protocol of a listener in lower case; that of an Application Load Balancer is HTTP by default."""
    if protocol := word(listener, "protocol"):
        return protocol
    arn = text(listener, "loadBalancerArn") if known(listener, "loadBalancerArn") else ""
    other_type = "/gwy/" in arn or "/net/" in arn or not is_set(listener, "port")
    return "" if other_type else "http"


def redirects(listener: Props) -> bool:
    """Whether an HTTP listener only redirects to HTTPS."""
    if listener_protocol(listener) != "http":
        return True
    actions = parts(listener, "defaultActions")
    return bool(actions) and all(
        word(action, "type") == "redirect" and word(part(action, "redirect"), "protocol") == "https"
        for action in actions
    )


def _zones(balancer: Props) -> int:
    return max(len(values(balancer, "subnets")), len(values(balancer, "subnetMappings")))


def _declared(balancer: Resource, stack: Stack) -> bool:
    if on(balancer.props, "internal") or is_gateway(balancer.props):
        return True
    groups = stack.refers(balancer, "securityGroups", SECURITY_GROUP)
    return bool(groups) and all(known_as(group, stack.config.public_groups) for group in groups)


RULES = [
    stack_rule(
        "alb-redirects",
        M,
        LOAD_BALANCER,
        "All HTTP listeners of a load balancer redirect to HTTPS.",
        "set one default action, a redirect to HTTPS with HTTP_301",
        holds=lambda balancer, stack: (
            not is_application(balancer.props)
            or all(
                redirects(listener.props)
                for listener in stack.referrers(balancer, LISTENER, "loadBalancerArn")
            )
        ),
        requirements=("A53",),
    ),
    resource_rule(
        "alb-drop-headers",
        M,
        LOAD_BALANCER,
        "A load balancer drops invalid header fields.",
        "set drop_invalid_header_fields=True",
        holds=lambda balancer: not is_application(balancer) or on(balancer, "dropInvalidHeaderFields"),
    ),
    resource_rule(
        "alb-desync",
        M,
        LOAD_BALANCER,
        "A load balancer's desync mitigation mode is defensive or strictest.",
        "remove desync_mitigation_mode",
        holds=lambda balancer: not is_one_of(balancer, "desyncMitigationMode", "monitor"),
    ),
    resource_rule(
        "alb-access-logs",
        M,
        LOAD_BALANCER,
        "A load balancer has access logs.",
        "set access_logs with enabled=True",
        holds=lambda balancer: is_gateway(balancer) or on(part(balancer, "accessLogs"), "enabled"),
    ),
    resource_rule(
        "alb-deletion-protection",
        P,
        LOAD_BALANCER,
        "A load balancer has deletion protection.",
        "set enable_deletion_protection=True",
        holds=lambda balancer: on(balancer, "enableDeletionProtection"),
    ),
    resource_rule(
        "alb-multi-az",
        M,
        LOAD_BALANCER,
        "A load balancer is in two availability zones.",
        "give it subnets in two zones",
        holds=lambda balancer: _zones(balancer) > 1,
    ),
    resource_rule(
        "nlb-cross-zone",
        A,
        LOAD_BALANCER,
        "A Network Load Balancer has cross-zone load balancing.",
        "set enable_cross_zone_load_balancing=True",
        holds=lambda balancer: is_application(balancer) or on(balancer, "enableCrossZoneLoadBalancing"),
    ),
    stack_rule(
        "alb-waf",
        P,
        LOAD_BALANCER,
        "A public load balancer has a web ACL.",
        "add a WebAclAssociation",
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
        "An Internet-facing load balancer is declared.",
        "set internal=True, or list its security group under publicGroups in the pack's configuration",
        holds=_declared,
    ),
]
