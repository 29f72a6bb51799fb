"""The model of the load balancer; the defaults are for production."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.aws.logs import LogDays
from settings.aws.rule import AWS_DOCS, Text
from settings.aws.web import CertificateArn, Domain, ZoneId
from settings.schema.base import Model, Slug

ManagedRuleGroup = Literal[
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
]
"""The managed rule groups of the web ACL, in the order of their priority."""

WafRule = Annotated[
    str,
    AfterValidator(
        Text(
            r"[A-Za-z0-9_-]{1,128}",
            "the name of a rule of AWS WAF, as SizeRestrictions_BODY",
            f"{AWS_DOCS}waf/latest/APIReference/API_RuleActionOverride.html",
        )
    ),
]
"""The name of a rule of a managed rule group."""


PathPattern = Annotated[
    str,
    AfterValidator(
        Text(
            r"/[A-Za-z0-9_\-.$/~*?&:@+]{0,127}",
            "a path of at most 128 characters that begins with /, in which * and ? match, as /api/*",
            f"{AWS_DOCS}elasticloadbalancing/latest/APIReference/API_PathPatternConditionConfig.html",
        )
    ),
]
"""A path with the wildcards ``*`` and ``?``."""


class RouteSettings(Model):
    """The requests that the load balancer forwards to one service in place of the gateway."""

    priority: int = Field(ge=1, le=50000)
    """Rules are evaluated from the lowest priority to the highest."""
    hosts: tuple[Domain, ...] = ()
    """Domain names that the request is for; the stack creates their records in ``zoneId``."""
    paths: tuple[PathPattern, ...] = ()
    """Path patterns, such as ``/admin/*``; with ``hosts`` both must match."""


class EdgeSettings(Model):
    """``strongroom:edge``: the load balancer, its certificate and its web ACL."""

    scheme: Literal["internet-facing", "internal"] = "internet-facing"
    """Whether the Internet connects to it, or only the VPC and ``network.peers``."""
    certificate_arn: CertificateArn | None = None
    domain: Domain | None = None
    """The public domain name; with ``zoneId`` the stack creates the certificate and the DNS record."""
    zone_id: ZoneId | None = None
    waf: bool = True
    waf_rate_per_5_min: int = Field(default=2000, ge=10, le=2_000_000_000)
    waf_counted_rules: dict[ManagedRuleGroup, tuple[WafRule, ...]] = Field(default_factory=dict)
    """Rules, by managed rule group, that count the requests that they match instead of blocking them."""
    routes: dict[Slug, RouteSettings] = Field(default_factory=dict)
    """Services, in addition to the gateway, that the load balancer forwards requests to."""
    deletion_protection: bool = True
    log_days: LogDays = 365
    """Days for which S3 retains the access logs, and CloudWatch Logs those of the web ACL."""

    @property
    def internal(self) -> bool:
        """Whether only the VPC and its peers connect to it."""
        return self.scheme == "internal"

    @property
    def other_domains(self) -> tuple[str, ...]:
        """The domain names of the routes, each once."""
        hosts = (host for route in self.routes.values() for host in route.hosts if host != self.domain)
        return tuple(dict.fromkeys(hosts))
