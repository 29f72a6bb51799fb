"""What a stack decides about the world outside: the door, alarms, deployments, audit, backup."""

from __future__ import annotations

from pydantic import Field

from settings.base import Model, Slug


class EdgeSettings(Model):
    """``strongroom:edge``: the load balancer, its certificate and its firewall."""

    certificate_arn: str | None = None
    domain: str | None = None
    """The public name; with ``zoneId`` the certificate and the record are made."""
    zone_id: str | None = None
    waf: bool = True
    waf_rate_per_5_min: int = Field(default=2000, ge=10)
    deletion_protection: bool = True
    log_days: int = Field(default=365, ge=1)


class MonitoringSettings(Model):
    """``strongroom:monitoring``: who hears of what, and how long logs live."""

    email: str | None = None
    """Subscriber of both topics; a production stack needs one."""
    log_days: int = Field(default=365, ge=1)
    auth_failures_per_5_min: int = Field(default=20, ge=1)
    latency_ms: int = Field(default=500, ge=1)


class DeliverySettings(Model):
    """``strongroom:delivery``: the repository whose pipeline may deploy."""

    owner: str
    owner_id: int
    repository: str
    repository_id: int
    environment: Slug
    """The GitHub environment whose jobs may take the deploy role."""
    branch: str = "main"
    oidc_provider_arn: str | None = None
    """An existing GitHub OIDC provider of the account; one is made when left out."""


class AuditSettings(Model):
    """``strongroom:audit``: the account's own trail and detectors (one stack an account)."""

    enabled: bool = True
    trail_days: int = Field(default=365, ge=90)


class BackupSettings(Model):
    """``strongroom:backup``: what AWS Backup keeps beside the database's own snapshots."""

    enabled: bool = True
    days: int = Field(default=35, ge=7)
