"""Derives which roles may read and write which secret, bucket and queue, for policies, alarms and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from settings.parts.access import HOST_READER, Access, bucket_access, queue_access
from settings.schema.secrets import SecretSettings
from settings.schema.stack import Settings

DEPLOY_READER, RESTORE_CHECK_READER = "deploy", "restore-check"


@dataclass(frozen=True)
class StoreEntry:
    """One name in a store: a secret's plain value, its keyring, or its previous value."""

    key: str
    """The short name of the declared secret."""
    store_name: str
    env: str | None
    holds: Literal["current", "ring", "previous"]
    secret: SecretSettings
    restore_check: bool = False
    """Whether the function that checks restored databases reads it, to decrypt encrypted columns."""

    @property
    def ring(self) -> bool:
        """Whether it is the keyring, which contains every active generation."""
        return self.holds == "ring"

    @property
    def expected(self) -> bool:
        """Whether it must have a value; a previous value exists only after the first rotation."""
        if self.holds == "previous":
            return self.secret.generation - 1 in self.secret.alive
        return self.secret.required

    @property
    def readers(self) -> tuple[str, ...]:
        """The readers of the entry; only the running application reads the previous value."""
        if self.holds == "previous":
            return tuple(reader for reader in self.secret.readers if reader == HOST_READER)
        if self.secret.keyring is not None and self.ring:
            checks = (RESTORE_CHECK_READER,) if self.restore_check else ()
            return (*self.secret.readers, *self.secret.keyring.tools, *checks)
        return self.secret.readers


def entries(settings: Settings) -> tuple[StoreEntry, ...]:
    """Every name that the stack may have in a store, plain values before keyrings and previous values."""
    found: list[StoreEntry] = []
    for key, secret in settings.secrets.items():
        found.append(StoreEntry(key, secret.name, secret.env, "current", secret))
        if secret.keyring is not None:
            name, env = secret.keyring.name, secret.keyring.env
            checked = settings.backup is not None and bool(secret.encrypted_columns)
            found.append(StoreEntry(key, name, env, "ring", secret, restore_check=checked))
        if secret.previous_name is not None:
            env = f"{secret.env}_PREVIOUS" if secret.env else None
            found.append(StoreEntry(key, secret.previous_name, env, "previous", secret))
    return tuple(found)


def entries_read_by(settings: Settings, reader: str) -> tuple[StoreEntry, ...]:
    """The entries that one reader may read."""
    return tuple(entry for entry in entries(settings) if reader in entry.readers)


def known_readers(settings: Settings) -> tuple[str, ...]:
    """The valid names under ``readers`` on this platform."""
    if settings.host:
        return (HOST_READER, DEPLOY_READER)
    return (*settings.services, *settings.tools, DEPLOY_READER)


def reader_roles(settings: Settings, key: str) -> tuple[str, ...]:
    """Names of the roles that may read the declared secret ``key``, in addition to administrators."""
    return _roles(settings, settings.secrets[key], settings.secrets[key].readers)


def entry_roles(settings: Settings, entry: StoreEntry) -> tuple[str, ...]:
    """Names of the roles that may read one name in the store, in addition to administrators."""
    return _roles(settings, entry.secret, entry.readers)


def _roles(settings: Settings, secret: SecretSettings, readers: Iterable[str]) -> tuple[str, ...]:
    names = settings.names
    roles: list[str] = []
    for reader in readers:
        if reader == DEPLOY_READER:
            roles.append(names.deploy_role)
        elif reader == HOST_READER:
            roles.append(names.host_role)
        elif reader == RESTORE_CHECK_READER:
            roles.append(names.restore_check_role)
        else:
            roles.append(names.execution_role(reader))
            if secret.runtime and reader in settings.services:
                roles.append(names.task_role(reader))
    if secret.rotated_by_function:
        roles.append(names.rotation_role)
    return tuple(roles)


def writer_roles(settings: Settings, key: str) -> tuple[str, ...]:
    """Names of the roles that write values of the declared secret ``key``, in addition to administrators."""
    return (settings.names.rotation_role,) if settings.secrets[key].rotated_by_function else ()


@dataclass(frozen=True, kw_only=True)
class Grants:
    """Readers and writers of a stack's secrets, buckets and queues, computed once for all components."""

    entries: tuple[StoreEntry, ...]
    readers: Mapping[str, tuple[str, ...]]
    """Names of the roles that may read a name in the store, by that name."""
    writers: Mapping[str, tuple[str, ...]]
    """Names of the roles that write its values, in addition to administrators."""
    administrators: tuple[str, ...]
    """Role ARN patterns."""
    buckets: Mapping[str, Access] = field(default_factory=dict)
    """The roles that use a bucket, by its short name."""
    queues: Mapping[str, Access] = field(default_factory=dict)
    """The roles that use a queue, by its short name."""

    @property
    def reader_roles(self) -> tuple[str, ...]:
        """Every role that may read at least one secret, each once."""
        return tuple(dict.fromkeys(role for roles in self.readers.values() for role in roles))

    @property
    def writer_roles(self) -> tuple[str, ...]:
        """Every role that writes at least one secret, each once."""
        return tuple(dict.fromkeys(role for roles in self.writers.values() for role in roles))


def grants(settings: Settings) -> Grants:
    """Compute the grants of a stack."""
    return Grants(
        entries=entries(settings),
        readers={entry.store_name: entry_roles(settings, entry) for entry in entries(settings)},
        writers={key: writer_roles(settings, key) for key in settings.secrets},
        administrators=settings.administrators,
        buckets=bucket_access(settings),
        queues=queue_access(settings),
    )


def session_readers(settings: Settings) -> tuple[str, ...]:
    """Name patterns of the roles that read secrets; those of services are grouped by prefix to be short."""
    names, granted = settings.names, grants(settings)
    starts = (names.execution_role(""), names.task_role(""))
    roles = (*granted.reader_roles, *granted.writer_roles, names.update_role)
    return tuple(
        dict.fromkeys(
            next((f"{start}*" for start in starts if role.startswith(start)), role) for role in roles
        )
    )
