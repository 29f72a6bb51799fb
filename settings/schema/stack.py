"""The model of a whole stack file, shared by program, policy pack and operator commands."""

from __future__ import annotations

from pydantic import Field

from settings.aws.account import AccountId, Region, RolePattern
from settings.names import Names
from settings.schema.audit import AuditSettings
from settings.schema.base import Model, Slug
from settings.schema.data import BackupSettings, CacheSettings, DatabaseSettings
from settings.schema.delivery import DeliverySettings
from settings.schema.edge import EdgeSettings
from settings.schema.monitoring import MonitoringSettings
from settings.schema.network import NetworkSettings
from settings.schema.parts import (
    BucketSettings,
    PolicySettings,
    QueueSettings,
    ScheduleSettings,
    TagKey,
    TagValue,
)
from settings.schema.secrets import SecretSettings
from settings.schema.services import (
    ContainersSettings,
    HostSettings,
    PlatformSettings,
    ServiceSettings,
    ToolSettings,
)


class ApplicationSettings(Model):
    """``strongroom:application``: the application that the stack is for."""

    name: Slug
    name_prefix: Slug | None = None
    """Prefix of every AWS name, by default ``name``; must differ between stacks that share an account."""


class EnvironmentSettings(Model):
    """``strongroom:environment``: the environment that this stack is."""

    name: Slug
    production: bool


class Settings(Model):
    """One stack file, parsed and checked."""

    region: Region
    """The AWS region of the stack."""
    account_id: AccountId
    """The AWS account of this environment; credentials of another account are rejected."""
    application: ApplicationSettings
    environment: EnvironmentSettings
    administrators: tuple[RolePattern, ...]
    """ARN patterns of roles that administer keys and secret policies; the caller of ``up`` must match one."""
    network: NetworkSettings
    platform: PlatformSettings
    secrets: dict[Slug, SecretSettings] = Field(default_factory=dict)
    database: DatabaseSettings | None = None
    backup: BackupSettings | None = None
    cache: CacheSettings | None = None
    buckets: dict[Slug, BucketSettings] = Field(default_factory=dict)
    queues: dict[Slug, QueueSettings] = Field(default_factory=dict)
    schedules: dict[Slug, ScheduleSettings] = Field(default_factory=dict)
    edge: EdgeSettings | None = None
    monitoring: MonitoringSettings = MonitoringSettings()
    delivery: DeliverySettings | None = None
    audit: AuditSettings | None = None
    allow_replace: tuple[Slug, ...] = ()
    """Names of protected resources that the next update may replace, with what they hold, as the refusal of
    Pulumi names them: ``database-instance``. Remove each after the update."""
    extra_tags: dict[TagKey, TagValue] = Field(default_factory=dict)
    """Tags of every resource besides App, Env and ManagedBy, such as a cost centre."""
    policies: PolicySettings = PolicySettings()

    @property
    def names(self) -> Names:
        """The AWS names of the stack that code outside the program relies on."""
        prefix = self.application.name_prefix or self.application.name
        return Names(
            prefix=prefix,
            environment=self.environment.name,
            account_id=self.account_id,
            region=self.region,
        )

    @property
    def containers(self) -> ContainersSettings | None:
        """The platform of a stack that runs containers; None on a host."""
        return self.platform if isinstance(self.platform, ContainersSettings) else None

    @property
    def host(self) -> HostSettings | None:
        """The platform of a stack that runs a docker-compose host; None with containers."""
        return self.platform if isinstance(self.platform, HostSettings) else None

    @property
    def rotated_secret(self) -> SecretSettings | None:
        """The database URL that a Lambda function rotates, where the stack declares one."""
        return next((secret for secret in self.secrets.values() if secret.rotated_by_function), None)

    @property
    def copy_region(self) -> str | None:
        """The region of the copies of backups, where the stack declares one."""
        return self.backup.copy_region if self.backup else None

    @property
    def encrypting_secret(self) -> SecretSettings | None:
        """The secret that encrypts columns of the database, where the stack declares one."""
        return next((secret for secret in self.secrets.values() if secret.encrypted_columns), None)

    @property
    def targets(self) -> dict[str, int]:
        """The ports that the load balancer forwards requests to, by service (``host`` for a host)."""
        if self.edge is None:
            return {}
        if self.host is not None:
            return {"host": self.host.port}
        entered = (self.containers.gateway if self.containers else None, *self.edge.routes)
        ports = {name: self.services[name].port for name in entered if name in self.services}
        return {name: port for name, port in ports.items() if port is not None}

    @property
    def services(self) -> dict[str, ServiceSettings]:
        """The container services; empty on a host."""
        return self.containers.services if self.containers else {}

    @property
    def tools(self) -> dict[str, ToolSettings]:
        """The one-off tasks with an image of their own; empty on a host."""
        return self.containers.tools if self.containers else {}

    @property
    def host_roles(self) -> tuple[str, ...]:
        """Names of the roles of the stack's hosts; empty for containers."""
        return (self.names.host_role,) if self.host else ()

    @property
    def owns_account(self) -> bool:
        """Whether this stack creates the account-wide resources of its account."""
        return self.audit is not None and self.audit.account_wide

    @property
    def tags(self) -> dict[str, str]:
        """The tags by which the stack's own resources are recognized."""
        return {
            "App": self.application.name,
            "Env": self.environment.name,
            "ManagedBy": "pulumi",
        }

    @property
    def default_tags(self) -> dict[str, str]:
        """The default tags of the provider."""
        return {**self.tags, **self.extra_tags}
