"""Certificates: named hosts, keys long enough, renewed by themselves."""

from __future__ import annotations

from rules.lib.resource_types import CERTIFICATE
from rules.pack.properties import text, values
from rules.pack.rule import A, M, resource_rule

RULES = [
    resource_rule(
        "acm-no-wildcard",
        A,
        CERTIFICATE,
        "A certificate names its hosts.",
        "name the hosts instead of a wildcard",
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
        "remove key_algorithm or take RSA_2048",
        holds=lambda certificate: text(certificate, "keyAlgorithm") != "RSA_1024",
    ),
    resource_rule(
        "acm-not-expiring",
        A,
        CERTIFICATE,
        "A certificate renews itself.",
        'set validation_method="DNS"',
        holds=lambda certificate: text(certificate, "validationMethod") == "DNS",
    ),
]
