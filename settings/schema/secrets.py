"""The models of declared secrets; store entries, permissions, alarms and checks derive from them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from settings.schema.base import EnvName, Model, Slug

SecretKind = Literal[
    "aes-256-key",
    "hmac-key",
    "jwt-hs256-key",
    "password",
    "django-key",
    "postgres-url",
    "redis-url",
    "external",
    "ssh-private-key",
]
GENERATED_KINDS = frozenset(
    {"aes-256-key", "hmac-key", "jwt-hs256-key", "password", "django-key", "redis-url"}
)
KEY_KINDS = frozenset({"aes-256-key", "hmac-key", "jwt-hs256-key"})


class KeyringSettings(Model):
    """A second secret that contains the previous, the current and the next generation together."""

    name: str = Field(min_length=1)
    env: EnvName
    readers: tuple[Slug, ...] = ()
    """Readers that use the keyring and accept every key in it. Other readers get the plain value only."""
    tools: tuple[Slug, ...] = ()
    """Tools of the platform that get the keyring and not the plain value."""


class LogicalName(Model):
    """The names that the application puts into the associated data of a column's ``ENC2:`` values."""

    table: str = Field(min_length=1)
    column: str = Field(min_length=1)


class EncryptedColumn(Model):
    """One database column whose values are encrypted with the secret's key."""

    table: str = Field(min_length=1)
    """The table's name as in PostgreSQL's catalog, or SCHEMA.TABLE."""
    key: str = Field(min_length=1)
    """The column that identifies a row: unique and NOT NULL, usually the primary key."""
    column: str = Field(min_length=1)
    """The column with the encrypted values, of type text or varchar."""
    owner: str = Field(min_length=1)
    """The column whose value the application puts into the associated data as the owner of a row."""
    logical_name: LogicalName | None = None
    """The table and column in the associated data, where they differ from the declared ones; required
    where the table is declared with its schema."""
    may_be_empty: bool = False
    """Whether a verification may succeed when it finds no encrypted value in the column."""
    envelope: Literal["legacy", "enc2", "enc2-only"] | None = None
    """The format that re-encryption writes; by default the secret's. ``enc2-only``, once a verification
    found no ``ENC:`` value, refuses such values from then on."""


class SecretSettings(Model):
    """One entry of ``strongroom:secrets``; the map's key is the secret's short name."""

    name: str = Field(min_length=1)
    """The exact name in the store (``shop/jwt-secret``, ``/shop/production/db-password``)."""
    kind: SecretKind
    store: Literal["secrets-manager", "parameter-store"] = "secrets-manager"
    description: str = Field(min_length=8, max_length=1024)
    env: EnvName | None = None
    """The environment variable in which its readers receive it."""
    readers: tuple[Slug, ...] = ()
    """Names of services, tools, ``host`` or ``deploy``."""
    runtime: bool = False
    """Whether the running process may also fetch it (task role), in addition to injection at task start."""
    keyring: KeyringSettings | None = None
    rotate_every: int = Field(default=90, ge=1, le=366)
    """Maximum age of the value in days; older values are reported as overdue."""
    generation: int = Field(default=1, ge=1)
    """The current generation; raise it by one to rotate the secret."""
    min_generation: int = Field(default=1, ge=1)
    """The oldest generation that stays in the keyring."""
    revoked: tuple[int, ...] = ()
    """Generations that are never used again."""
    initial: Literal["generated", "imported"] = "generated"
    """Whether generation 1 is generated, or imported from ``strongroom:values``."""
    required: bool = True
    recovery_days: int = Field(default=30, ge=7, le=30)
    """Recovery window in days, in which a deleted secret can be restored."""
    envelope: Literal["legacy", "enc2"] = "legacy"
    """The ciphertext format that its readers understand (kind aes-256-key only)."""
    encrypted_columns: tuple[EncryptedColumn, ...] = ()
    """Every database column with values encrypted under this key (``aes-256-key`` with a keyring only)."""

    @property
    def generated(self) -> bool:
        """Whether Pulumi generates its values."""
        return self.kind in GENERATED_KINDS

    @property
    def rotated_by_function(self) -> bool:
        """Whether a Lambda function generates its values, and Pulumi never writes one."""
        return self.kind == "postgres-url"

    @property
    def supplied(self) -> bool:
        """Whether an operator supplies its value, or its first one, under ``strongroom:values``."""
        return not self.rotated_by_function and (not self.generated or self.initial == "imported")

    @property
    def connection_url(self) -> bool:
        """Whether its value is the URL of a data store, with user and password."""
        return self.kind in ("postgres-url", "redis-url")

    @property
    def in_parameter_store(self) -> bool:
        """Whether it is stored in Parameter Store instead of Secrets Manager."""
        return self.store == "parameter-store"

    @property
    def previous_name(self) -> str | None:
        """The name in the store of the previous value, for a reader that still verifies with it (Django)."""
        fallback = self.kind == "django-key" and self.in_parameter_store
        return f"{self.name}-previous" if fallback else None

    @property
    def one_key_readers(self) -> tuple[str, ...]:
        """Readers that get the plain value only, and must be restarted when it changes."""
        by_ring = self.keyring.readers if self.keyring else ()
        return tuple(reader for reader in self.readers if reader not in by_ring)

    @property
    def next_generation(self) -> int:
        """The lowest generation above the current one that is not revoked."""
        following = self.generation + 1
        while following in self.revoked:
            following += 1
        return following

    @property
    def alive(self) -> tuple[int, ...]:
        """Generations whose values exist: from the oldest to the next in a keyring, else the current one."""
        if self.keyring is None:
            # The cache accepts two passwords at a time, and Django still verifies with its fallback key.
            overlapping = self.kind in ("redis-url", "django-key") and self.generation > self.min_generation
            previous = self.generation - 1
            kept = (previous,) if overlapping and previous not in self.revoked else ()
            return (*kept, self.generation)
        ring = range(self.min_generation, self.generation + 1)
        return (*(n for n in ring if n not in self.revoked), self.next_generation)
