"""What a stack declares about each secret; store entries, rights, alarms and checks all derive from it."""

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
    """The sibling secret that holds the previous, the current and the next generation together."""

    name: str = Field(min_length=1)
    env: EnvName
    readers: tuple[Slug, ...] = ()
    """Readers that go by the ring: they accept every key of it. The others know the plain value only."""
    tools: tuple[Slug, ...] = ()
    """Tools of the platform that read the ring when they start, and not the plain value."""


class LogicalName(Model):
    """The names that the application puts into the associated data of a column's ``ENC2:`` values."""

    table: str = Field(min_length=1)
    column: str = Field(min_length=1)


class EncryptedColumn(Model):
    """One database column whose values are encrypted with the secret's key."""

    table: str = Field(min_length=1)
    """The table's name as the catalog spells it, or SCHEMA.TABLE."""
    key: str = Field(min_length=1)
    """The column that identifies a row: unique and NOT NULL by itself, usually the primary key."""
    column: str = Field(min_length=1)
    """The column of encrypted values, of type text or varchar."""
    owner: str = Field(min_length=1)
    """The column whose value the application puts into the associated data as the owner of a row."""
    logical_name: LogicalName | None = None
    """The table and column in the associated data, where they differ from the declared ones; required
    where the table is declared with its schema."""
    may_be_empty: bool = False
    """Whether a verification that finds no encrypted value counts; without it that proves nothing."""
    envelope: Literal["legacy", "enc2", "enc2-only"] | None = None
    """The format that re-encryption writes; by default the secret's. ``enc2-only``, once a verification
    found no ``ENC:`` value, refuses such values from then on."""


class SecretSettings(Model):
    """One entry of ``strongroom:secrets``; the map's key is the secret's short name."""

    name: str = Field(min_length=1)
    """The exact name in the store (``aiponge/jwt-secret``, ``/cinematch/production/db-password``)."""
    kind: SecretKind
    store: Literal["secrets-manager", "parameter-store"] = "secrets-manager"
    description: str = Field(min_length=8)
    env: EnvName | None = None
    """The variable its readers find it in."""
    readers: tuple[Slug, ...] = ()
    """Service names, ``host`` or ``deploy``."""
    runtime: bool = False
    """Whether the running process may fetch it too (task role), not only the start of the task."""
    keyring: KeyringSettings | None = None
    rotate_every: int = Field(default=90, ge=1, le=366)
    """Days after which the value counts as overdue."""
    generation: int = Field(default=1, ge=1)
    """The current generation; raising it by one is a rotation."""
    min_generation: int = Field(default=1, ge=1)
    """The oldest generation that is still kept in the ring."""
    revoked: tuple[int, ...] = ()
    """Generations that must never be used again."""
    initial: Literal["generated", "imported"] = "generated"
    """Whether generation 1 is generated, or taken from ``strongroom:values``."""
    required: bool = True
    recovery_days: int = Field(default=30, ge=7, le=30)
    """Days in which a deleted secret can be restored."""
    envelope: Literal["legacy", "enc2"] = "legacy"
    """The ciphertext format its readers understand (keys that encrypt rows only)."""
    encrypted_columns: tuple[EncryptedColumn, ...] = ()
    """Every database column with values under this key (``aes-256-key`` with a ring only)."""

    @property
    def generated(self) -> bool:
        """Whether Pulumi makes its values."""
        return self.kind in GENERATED_KINDS

    @property
    def rotated_by_function(self) -> bool:
        """Whether a Lambda function makes its values, and Pulumi never writes one."""
        return self.kind == "postgres-url"

    @property
    def supplied(self) -> bool:
        """Whether an operator brings its value, or its first one, under ``strongroom:values``."""
        return not self.rotated_by_function and (not self.generated or self.initial == "imported")

    @property
    def connection_url(self) -> bool:
        """Whether its value is the URL of a data store, with user and password."""
        return self.kind in ("postgres-url", "redis-url")

    @property
    def in_parameter_store(self) -> bool:
        """Whether it lies in Parameter Store, and not in Secrets Manager."""
        return self.store == "parameter-store"

    @property
    def previous_name(self) -> str | None:
        """Where the value before the current one lies, for a reader that still verifies with it (Django)."""
        fallback = self.kind == "django-key" and self.in_parameter_store
        return f"{self.name}-previous" if fallback else None

    @property
    def one_key_readers(self) -> tuple[str, ...]:
        """Readers that know one key, and notice when it changes."""
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
        """Generations whose values exist: in a ring the oldest kept to the next, else the current."""
        if self.keyring is None:
            # Two passwords may log in to the cache at a time, and Django still verifies with its fallback.
            overlapping = self.kind in ("redis-url", "django-key") and self.generation > self.min_generation
            previous = self.generation - 1
            kept = (previous,) if overlapping and previous not in self.revoked else ()
            return (*kept, self.generation)
        ring = range(self.min_generation, self.generation + 1)
        return (*(n for n in ring if n not in self.revoked), self.next_generation)
