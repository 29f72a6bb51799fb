"""Who may read which secret: the one matrix that roles, policies, alarms and checks are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from settings.schema.secrets import SecretSettings
from settings.schema.stack import Settings

HOST_READER, DEPLOY_READER = "host", "deploy"


@dataclass(frozen=True)
class StoreEntry:
    """One name in the store: a secret's plain value, the ring beside it, or the value before."""

    key: str
    """The short name of the declared secret."""
    store_name: str
    env: str | None
    holds: Literal["current", "ring", "previous"]
    secret: SecretSettings

    @property
    def ring(self) -> bool:
        """Whether it holds every living generation."""
        return self.holds == "ring"

    @property
    def expected(self) -> bool:
        """Whether it must have a value by now; there is none before the first one."""
        if self.holds == "previous":
            return self.secret.generation - 1 in self.secret.alive
        return self.secret.required

    @property
    def readers(self) -> tuple[str, ...]:
        """Who reads it: the value before serves the running application alone."""
        if self.holds == "previous":
            return tuple(reader for reader in self.secret.readers if reader == HOST_READER)
        if self.secret.keyring is not None and self.ring:
            return (*self.secret.readers, *self.secret.keyring.tools)
        return self.secret.readers


def entries(settings: Settings) -> tuple[StoreEntry, ...]:
    """Every name the stack may keep in a store, plain values before what stands beside them."""
    found: list[StoreEntry] = []
    for key, secret in settings.secrets.items():
        found.append(StoreEntry(key, secret.name, secret.env, "current", secret))
        if secret.keyring is not None:
            found.append(StoreEntry(key, secret.keyring.name, secret.keyring.env, "ring", secret))
        if secret.previous_name is not None:
            env = f"{secret.env}_PREVIOUS" if secret.env else None
            found.append(StoreEntry(key, secret.previous_name, env, "previous", secret))
    return tuple(found)


def entries_read_by(settings: Settings, reader: str) -> tuple[StoreEntry, ...]:
    """What one reader may read."""
    return tuple(entry for entry in entries(settings) if reader in entry.readers)


def known_readers(settings: Settings) -> tuple[str, ...]:
    """The names that ``readers`` may list on this platform."""
    if settings.host:
        return (HOST_READER, DEPLOY_READER)
    return (*settings.services, *settings.tools, DEPLOY_READER)


def reader_roles(settings: Settings, key: str) -> tuple[str, ...]:
    """Names of the roles that may read the declared secret ``key``; administrators come on top."""
    return _roles(settings, settings.secrets[key], settings.secrets[key].readers)


def entry_roles(settings: Settings, entry: StoreEntry) -> tuple[str, ...]:
    """Names of the roles that may read one name in the store; administrators come on top."""
    return _roles(settings, entry.secret, entry.readers)


def _roles(settings: Settings, secret: SecretSettings, readers: Iterable[str]) -> tuple[str, ...]:
    names = settings.names
    roles: list[str] = []
    for reader in readers:
        if reader == DEPLOY_READER:
            roles.append(names.deploy_role)
        elif reader == HOST_READER:
            roles.append(names.host_role)
        else:
            roles.append(names.execution_role(reader))
            if secret.runtime and reader in settings.services:
                roles.append(names.task_role(reader))
    if secret.rotated_by_function:
        roles.append(names.rotation_role)
    return tuple(roles)


def writer_roles(settings: Settings, key: str) -> tuple[str, ...]:
    """Names of the roles that put new values of the declared secret ``key``, beside administrators."""
    return (settings.names.rotation_role,) if settings.secrets[key].rotated_by_function else ()


@dataclass(frozen=True, kw_only=True)
class Grants:
    """The whole matrix of a stack, computed once and handed to every component that grants or denies."""

    entries: tuple[StoreEntry, ...]
    readers: Mapping[str, tuple[str, ...]]
    """Names of the roles that read a name in the store, by that name."""
    writers: Mapping[str, tuple[str, ...]]
    """Names of the roles that put new values of it, beside administrators."""
    administrators: tuple[str, ...]
    """Role ARN patterns."""

    @property
    def reader_roles(self) -> tuple[str, ...]:
        """Every role that reads at least one secret, each once."""
        return tuple(dict.fromkeys(role for roles in self.readers.values() for role in roles))

    @property
    def writer_roles(self) -> tuple[str, ...]:
        """Every role that puts at least one secret, each once."""
        return tuple(dict.fromkeys(role for roles in self.writers.values() for role in roles))


def grants(settings: Settings) -> Grants:
    """Who may read and write what in this stack."""
    return Grants(
        entries=entries(settings),
        readers={entry.store_name: entry_roles(settings, entry) for entry in entries(settings)},
        writers={key: writer_roles(settings, key) for key in settings.secrets},
        administrators=settings.administrators,
    )


def session_readers(settings: Settings) -> tuple[str, ...]:
    """Names of the roles whose sessions read secrets, services' by a common beginning: patterns are short."""
    names, granted = settings.names, grants(settings)
    starts = (names.execution_role(""), names.task_role(""))
    roles = (*granted.reader_roles, *granted.writer_roles, names.update_role)
    return tuple(
        dict.fromkeys(
            next((f"{start}*" for start in starts if role.startswith(start)), role) for role in roles
        )
    )
