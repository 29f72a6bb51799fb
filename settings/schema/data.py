"""The models of the database and the cache; the defaults are for production."""

from __future__ import annotations

from pydantic import Field, field_validator

from settings.schema.base import Model, Slug
from settings.schema.capacity import memory_bytes

MIN_BACKUP_DAYS = 7


class DatabaseSettings(Model):
    """``strongroom:database``: one PostgreSQL instance on RDS."""

    engine_version: str = "17"
    instance_class: str = "db.m7g.large"
    storage_gib: int = Field(default=100, ge=20)
    max_storage_gib: int = Field(default=500, ge=20)
    multi_az: bool = True
    backup_retention_days: int = Field(default=14, le=35)
    deletion_protection: bool = True
    skip_final_snapshot: bool = False
    log_days: int = Field(default=365, ge=1)
    """Days for which CloudWatch Logs retains the PostgreSQL logs."""
    name: str = Field(default="app", pattern=r"^[a-z][a-z0-9_]{0,30}$")
    """The name of the database in the instance."""
    username: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    """The master user: never postgres, admin or root."""
    password_secret: Slug | None = None
    """The declared secret that is the master password; without it, RDS creates and rotates the password."""
    backup_window: str = "02:00-03:00"
    maintenance_window: str = "sun:03:30-sun:04:30"

    @field_validator("instance_class")
    @classmethod
    def _memory_is_known(cls, instance_class: str) -> str:
        memory_bytes(instance_class)
        return instance_class


class CacheSettings(Model):
    """``strongroom:cache``: one Valkey replication group on ElastiCache."""

    node_type: str = "cache.t4g.medium"
    nodes: int = Field(default=2, ge=1, le=6)
    """Number of nodes: a primary and its replicas; two or more allow failover between availability zones."""
    multi_az: bool = True
    snapshot_days: int = Field(default=7, ge=0, le=35)
    log_days: int = Field(default=365, ge=1)
    username: str = Field(default="app", pattern=r"^[a-z][a-z0-9-]{0,30}$")
    url_secret: Slug
    """The declared secret of kind redis-url, with user, password and endpoint."""
