"""The model of the load balancer; the defaults are for production."""

from __future__ import annotations

from pydantic import Field

from settings.schema.base import Model


class EdgeSettings(Model):
    """``strongroom:edge``: the load balancer, its certificate and its web ACL."""

    certificate_arn: str | None = None
    domain: str | None = None
    """The public domain name; with ``zoneId`` the stack creates the certificate and the DNS record."""
    zone_id: str | None = None
    waf: bool = True
    waf_rate_per_5_min: int = Field(default=2000, ge=10)
    deletion_protection: bool = True
    log_days: int = Field(default=365, ge=1)
