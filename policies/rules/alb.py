"""Load balancers: HTTPS with modern ciphers, headers checked, requests logged, in two zones."""

from __future__ import annotations

import re

from .graph import Stack
from .openings import GROUP, known_as
from .reading import Props, is_set, off, on, part, parts, text, values
from .rule import A, M, P, Resource, relate, require

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
TARGETS = "aws:lb/targetGroup:TargetGroup"
WAF_ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
_TLS12 = re.compile(r"ELBSecurityPolicy-(?:TLS13-1-[23]-|TLS-1-2-|FS-1-2-).+")
_STRONG = re.compile(r"ELBSecurityPolicy-TLS13-1-(?:2|2-Res|3)(?:-FIPS)?(?:-PQ)?-20\d\d-\d\d")
_OUTDATED = re.compile(r"ELBSecurityPolicy-(?:20\d\d-\d\d|TLS-1-[01]-.+|FS-20.+|FS-1-1-.+|TLS13-1-[01]-.+)|")
_ENCRYPTED = frozenset({"HTTPS", "TLS"})


def is_application(balancer: Props) -> bool:
    """Whether it balances HTTP."""
    return text(balancer, "loadBalancerType") in ("", "application")


def _encrypts(listener: Props) -> bool:
    return text(listener, "protocol") in _ENCRYPTED


def redirects(listener: Props) -> bool:
    """Whether an HTTP listener does nothing but send clients to HTTPS."""
    if text(listener, "protocol") != "HTTP":
        return True
    actions = parts(listener, "defaultActions")
    return bool(actions) and all(
        text(action, "type") == "redirect" and text(part(action, "redirect"), "protocol") == "HTTPS"
        for action in actions
    )


def _declared(balancer: Resource, stack: Stack) -> bool:
    if on(balancer.props, "internal"):
        return True
    groups = stack.refers(balancer, "securityGroups", GROUP)
    return bool(groups) and all(known_as(group, stack.config.public_groups) for group in groups)


def _zones(balancer: Props) -> int:
    return max(len(values(balancer, "subnets")), len(values(balancer, "subnetMappings")))


RULES = [
    require(
        "alb-https-only",
        M,
        LISTENER,
        "An HTTP listener only sends clients to HTTPS.",
        "set one default action: redirect to HTTPS with HTTP_301 (A53)",
        redirects,
    ),
    relate(
        "alb-redirects",
        M,
        BALANCER,
        "A load balancer's HTTP listeners all redirect.",
        "set one default action: redirect to HTTPS with HTTP_301 (A53)",
        lambda balancer, stack: all(
            redirects(listener.props) for listener in stack.referrers(balancer, LISTENER, "loadBalancerArn")
        ),
    ),
    relate(
        "alb-tls12",
        M,
        LISTENER,
        "TLS is 1.2 or newer.",
        'set ssl_policy to "ELBSecurityPolicy-TLS13-1-2-2021-06" (A1)',
        lambda listener, _: (
            not _encrypts(listener.props) or bool(_TLS12.fullmatch(text(listener.props, "sslPolicy")))
        ),
    ),
    require(
        "alb-tls-policy",
        M,
        LISTENER,
        "The TLS policy is not an outdated one.",
        'set ssl_policy to "ELBSecurityPolicy-TLS13-1-2-2021-06" (A1)',
        lambda listener: not _encrypts(listener) or not _OUTDATED.fullmatch(text(listener, "sslPolicy")),
    ),
    require(
        "alb-strong-ciphers",
        M,
        LISTENER,
        "The TLS policy offers no weak cipher.",
        'set ssl_policy to "ELBSecurityPolicy-TLS13-1-2-2021-06" (A1)',
        lambda listener: not _encrypts(listener) or bool(_STRONG.fullmatch(text(listener, "sslPolicy"))),
    ),
    require(
        "alb-drop-headers",
        M,
        BALANCER,
        "Malformed headers never reach the application.",
        "set drop_invalid_header_fields=True",
        lambda balancer: not is_application(balancer) or on(balancer, "dropInvalidHeaderFields"),
    ),
    require(
        "alb-desync",
        M,
        BALANCER,
        "Requests that desynchronise are not let through.",
        "remove desync_mitigation_mode",
        lambda balancer: text(balancer, "desyncMitigationMode") != "monitor",
    ),
    require(
        "alb-access-logs",
        M,
        BALANCER,
        "Every request is logged.",
        "set access_logs with enabled=True",
        lambda balancer: on(part(balancer, "accessLogs"), "enabled"),
    ),
    require(
        "alb-deletion-protection",
        P,
        BALANCER,
        "The front door is not deleted by mistake.",
        "set enable_deletion_protection=True",
        lambda balancer: on(balancer, "enableDeletionProtection"),
    ),
    relate(
        "alb-waf",
        P,
        BALANCER,
        "A public load balancer stands behind a web ACL.",
        "associate one",
        lambda balancer, stack: (
            on(balancer.props, "internal")
            or not is_application(balancer.props)
            or bool(stack.referrers(balancer, WAF_ASSOCIATION, "resourceArn"))
        ),
    ),
    relate(
        "alb-public-declared",
        A,
        BALANCER,
        "A load balancer faces the Internet only where that is declared.",
        "set internal=True, or list its group in the pack's publicGroups",
        _declared,
    ),
    require(
        "alb-multi-az",
        M,
        BALANCER,
        "A load balancer stands in two zones.",
        "give it two subnets",
        lambda balancer: _zones(balancer) > 1,
    ),
    require(
        "nlb-cross-zone",
        A,
        BALANCER,
        "A network load balancer balances across zones.",
        "set enable_cross_zone_load_balancing=True",
        lambda balancer: is_application(balancer) or on(balancer, "enableCrossZoneLoadBalancing"),
    ),
    require(
        "alb-target-https",
        A,
        (LISTENER, TARGETS),
        "Traffic is encrypted as far as the target.",
        "set protocol to HTTPS",
        lambda one: text(one, "protocol") != "HTTP" or ("defaultActions" in one and redirects(one)),
    ),
    require(
        "tg-health-check",
        M,
        TARGETS,
        "HTTP targets are asked how they are.",
        "set health_check with a path",
        lambda targets: (
            text(targets, "protocol") not in ("HTTP", "HTTPS")
            or (
                is_set(part(targets, "healthCheck"), "path")
                and not off(part(targets, "healthCheck"), "enabled")
            )
        ),
    ),
]
