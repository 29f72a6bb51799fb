"""The model of the load balancer; the defaults are for production."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from settings.aws.logs import LogDays
from settings.aws.web import CertificateArn, Domain, ZoneId
from settings.schema.base import Model

ManagedRuleGroup = Literal[
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
]
"""The managed rule groups of the web ACL, in the order of their priority."""

WafRule = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
"""The name of a rule of a managed rule group."""


class EdgeSettings(Model):
    """``strongroom:edge``: the load balancer, its certificate and its web ACL."""

    certificate_arn: CertificateArn | None = None
    domain: Domain | None = None
    """The public domain name; with ``zoneId`` the stack creates the certificate and the DNS record."""
    zone_id: ZoneId | None = None
    waf: bool = True
    waf_rate_per_5_min: int = Field(default=2000, ge=10)
    waf_counted_rules: dict[ManagedRuleGroup, tuple[WafRule, ...]] = Field(default_factory=dict)
    """Rules, by managed rule group, that count the requests that they match instead of blocking them."""
    deletion_protection: bool = True
    log_days: LogDays = 365
    """Days for which S3 retains the access logs, and CloudWatch Logs those of the web ACL."""
