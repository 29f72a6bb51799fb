"""The models of the database, its backups and the cache; the defaults are for production."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from settings.aws.account import Region
from settings.aws.instance_types import DatabaseClass, NodeType
from settings.aws.logs import LogDays
from settings.aws.names import CacheUsername
from settings.aws.postgresql import DatabaseName, EngineVersion, MasterUsername
from settings.aws.rule import Text
from settings.aws.windows import BackupWindow, MaintenanceWindow
from settings.schema.base import Model, Slug
from settings.schema.capacity import memory_bytes

MIN_BACKUP_DAYS, MAX_BACKUP_DAYS = 7, 365
LARGEST_STORAGE_GIB = 65_536
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html"""
_NAME = "[A-Za-z_][A-Za-z0-9_]{0,62}"
TableName = Annotated[
    str,
    AfterValidator(
        Text(
            rf"({_NAME}\.)?{_NAME}",
            "the name of a table, with its schema where it is not public, as lib_entries or audit.events",
            "https://www.postgresql.org/docs/current/sql-syntax-lexical.html",
        )
    ),
]
"""The name of a table as in PostgreSQL's catalog, or SCHEMA.TABLE."""


class DatabaseSettings(Model):
    """``strongroom:database``: one PostgreSQL instance on RDS."""

    engine_version: EngineVersion = "17"
    """The major version. RDS upgrades the minor version by itself; a minor version (``15.4``) counts only
    when an existing instance is adopted."""
    instance_class: DatabaseClass = "db.m7g.large"
    storage_gib: int = Field(default=100, ge=20, le=LARGEST_STORAGE_GIB)
    max_storage_gib: int = Field(default=500, ge=20, le=LARGEST_STORAGE_GIB)
    multi_az: bool = True
    backup_retention_days: int = Field(default=14, le=35)
    deletion_protection: bool = True
    skip_final_snapshot: bool = False
    log_days: LogDays = 365
    """Days for which CloudWatch Logs retains the PostgreSQL logs."""
    name: DatabaseName = "app"
    """The name of the database in the instance."""
    username: MasterUsername
    """The master user: never postgres, admin or root."""
    password_secret: Slug | None = None
    """The declared secret that is the master password; without it, RDS creates and rotates the password."""
    backup_window: BackupWindow = "02:00-03:00"
    """The time of the automated backup, in UTC; it must not overlap the maintenance window."""
    maintenance_window: MaintenanceWindow = "sun:03:30-sun:04:30"
    """The time of changes and minor upgrades, in UTC."""

    @field_validator("instance_class")
    @classmethod
    def _memory_is_known(cls, instance_class: str) -> str:
        memory_bytes(instance_class)
        return instance_class


class CacheSettings(Model):
    """``strongroom:cache``: one Valkey replication group on ElastiCache."""

    node_type: NodeType = "cache.t4g.medium"
    nodes: int = Field(default=2, ge=1, le=6)
    """Number of nodes: a primary and its replicas; two or more allow failover between availability zones."""
    multi_az: bool = True
    snapshot_days: int = Field(default=7, ge=0, le=35)
    log_days: LogDays = 365
    username: CacheUsername = "app"
    """The user of the application; a change disconnects running tasks until they are restarted."""
    url_secret: Slug
    """The declared secret of kind redis-url, with user, password and endpoint."""


class BackupSettings(Model):
    """``strongroom:backup``: AWS Backup of the database, and monthly tests that restore it.

    Required in production, in addition to the automated backups of RDS.
    """

    retention_days: int = Field(default=35, ge=MIN_BACKUP_DAYS, le=MAX_BACKUP_DAYS)
    """Days for which each daily recovery point and its copy are retained; the vault lock allows no fewer. A
    vault in COMPLIANCE mode cannot change them any more: choose them before its lock is 3 days old."""
    copy_region: Region | None = None
    """The region of the vault that gets a copy of every recovery point; required in production."""
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"] = "COMPLIANCE"
    """Vault lock mode. COMPLIANCE: 3 days after its creation nobody can remove the lock or delete a recovery
    point before its time. GOVERNANCE: administrators can."""
    tables: dict[TableName, Annotated[int, Field(ge=0)]] = Field(min_length=1)
    """The least number of rows that each of these tables must have in a restored database."""
    sample_rows: int = Field(default=100, ge=1, le=10_000)
    """The number of encrypted values of each column that a restore test decrypts."""
