"""Listeners, target groups and ACM certificates: TLS policies, redirects, health checks, renewal."""

from __future__ import annotations

import re

from rules.aws.load_balancing.load_balancers import listener_protocol, redirects
from rules.lib.resource_types import CERTIFICATE, LISTENER, TARGET_GROUP
from rules.pack.properties import Props, is_one_of, is_set, off, part, text, values, word
from rules.pack.rule import A, M, resource_rule, stack_rule

_TLS12 = re.compile(r"ELBSecurityPolicy-(?:TLS13-1-[23]-|TLS-1-2-|FS-1-2-).+")
_STRONG = re.compile(r"ELBSecurityPolicy-TLS13-1-(?:2|2-Res|3)(?:-FIPS)?(?:-PQ)?-20\d\d-\d\d")
_OUTDATED = re.compile(r"ELBSecurityPolicy-(?:20\d\d-\d\d|TLS-1-[01]-.+|FS-20.+|FS-1-1-.+|TLS13-1-[01]-.+)|")
_ENCRYPTED = frozenset({"https", "tls"})
_HTTP = frozenset({"http", "https"})


def _encrypts(listener: Props) -> bool:
    return listener_protocol(listener) in _ENCRYPTED


def _uses_https(one: Props) -> bool:
    """Whether a target group does not use HTTP, or a listener that does only redirects."""
    if "defaultActions" in one:
        return redirects(one)
    return word(one, "protocol") != "http"


RULES = [
    resource_rule(
        "alb-https-only",
        M,
        LISTENER,
        "An HTTP listener only redirects to HTTPS.",
        "set one default action, a redirect to HTTPS with HTTP_301",
        holds=redirects,
        requirements=("A53",),
    ),
    stack_rule(
        "alb-tls12",
        M,
        LISTENER,
        "A listener's security policy requires TLS 1.2 or newer.",
        'set ssl_policy to "ELBSecurityPolicy-TLS13-1-2-2021-06"',
        holds=lambda listener, _: (
            not _encrypts(listener.props) or bool(_TLS12.fullmatch(text(listener.props, "sslPolicy")))
        ),
        requirements=("A1",),
    ),
    resource_rule(
        "alb-tls-policy",
        M,
        LISTENER,
        "A listener's security policy is not an outdated one.",
        'set ssl_policy to "ELBSecurityPolicy-TLS13-1-2-2021-06"',
        holds=lambda listener: (
            not _encrypts(listener) or not _OUTDATED.fullmatch(text(listener, "sslPolicy"))
        ),
        requirements=("A1",),
    ),
    resource_rule(
        "alb-strong-ciphers",
        M,
        LISTENER,
        "A listener's security policy offers no weak cipher.",
        'set ssl_policy to "ELBSecurityPolicy-TLS13-1-2-2021-06"',
        holds=lambda listener: (
            not _encrypts(listener) or bool(_STRONG.fullmatch(text(listener, "sslPolicy")))
        ),
        requirements=("A1",),
    ),
    resource_rule(
        "alb-target-https",
        A,
        (LISTENER, TARGET_GROUP),
        "A target group uses HTTPS.",
        "set protocol to HTTPS",
        holds=_uses_https,
    ),
    resource_rule(
        "tg-health-check",
        M,
        TARGET_GROUP,
        "An HTTP target group has a health check.",
        "set health_check with a path",
        holds=lambda targets: (
            word(targets, "protocol") not in _HTTP
            or (
                is_set(part(targets, "healthCheck"), "path")
                and not off(part(targets, "healthCheck"), "enabled")
            )
        ),
    ),
    resource_rule(
        "acm-no-wildcard",
        A,
        CERTIFICATE,
        "A certificate has no wildcard domain.",
        "name the hosts instead",
        holds=lambda certificate: (
            not any(
                str(name).startswith("*.")
                for name in (text(certificate, "domainName"), *values(certificate, "subjectAlternativeNames"))
            )
        ),
    ),
    resource_rule(
        "acm-key-length",
        M,
        CERTIFICATE,
        "A certificate's RSA key has 2048 bits or more.",
        "remove key_algorithm, or set it to RSA_2048",
        holds=lambda certificate: not is_one_of(certificate, "keyAlgorithm", "RSA_1024"),
    ),
    resource_rule(
        "acm-not-expiring",
        A,
        CERTIFICATE,
        "A certificate is validated by DNS, so that ACM renews it.",
        'set validation_method="DNS"',
        holds=lambda certificate: text(certificate, "validationMethod") == "DNS",
    ),
]
