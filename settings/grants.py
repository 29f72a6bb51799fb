"""Who may read which secret: the one matrix that roles, policies, alarms and checks are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from settings.secrets import SecretSettings
from settings.services import ContainersSettings
from settings.stack import Settings

HOST_READER, DEPLOY_READER = "host", "deploy"


@dataclass(frozen=True)
class Entry:
    """One name in the store: a secret's plain value, or the ring beside it."""

    key: str
    """The short name of the declared secret."""
    store_name: str
    env: str | None
    ring: bool
    secret: SecretSettings


def entries(settings: Settings) -> tuple[Entry, ...]:
    """Every name the stack keeps in a store, plain values before their rings."""
    found: list[Entry] = []
    for key, secret in settings.secrets.items():
        found.append(Entry(key, secret.name, secret.env, False, secret))
        if secret.keyring is not None:
            found.append(Entry(key, secret.keyring.name, secret.keyring.env, True, secret))
    return tuple(found)


def entries_read_by(settings: Settings, reader: str) -> tuple[Entry, ...]:
    """What one reader may read."""
    return tuple(entry for entry in entries(settings) if reader in entry.secret.readers)


def known_readers(settings: Settings) -> tuple[str, ...]:
    """The names that ``readers`` may list on this platform."""
    if isinstance(settings.platform, ContainersSettings):
        return (*settings.platform.services, DEPLOY_READER)
    return (HOST_READER, DEPLOY_READER)


def reader_roles(settings: Settings, key: str) -> tuple[str, ...]:
    """Names of the roles that may read the declared secret ``key``; administrators come on top."""
    secret, names = settings.secrets[key], settings.names
    roles: list[str] = []
    for reader in secret.readers:
        if reader == DEPLOY_READER:
            roles.append(names.deploy_role)
        elif reader == HOST_READER:
            roles.append(names.host_role)
        else:
            roles.append(names.execution_role(reader))
            if secret.runtime:
                roles.append(names.task_role(reader))
    if secret.kind == "postgres-url":
        roles.append(names.rotation_role)
    return tuple(roles)


def writer_roles(settings: Settings, key: str) -> tuple[str, ...]:
    """Names of the roles that put new values of the declared secret ``key``, beside administrators."""
    rotated = settings.secrets[key].kind == "postgres-url"
    return (settings.names.rotation_role,) if rotated else ()


@dataclass(frozen=True, kw_only=True)
class Grants:
    """The whole matrix of a stack, computed once and handed to every component that grants or denies."""

    entries: tuple[Entry, ...]
    readers: Mapping[str, tuple[str, ...]]
    """Names of the roles that read a secret, by its short name."""
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
        readers={key: reader_roles(settings, key) for key in settings.secrets},
        writers={key: writer_roles(settings, key) for key in settings.secrets},
        administrators=settings.administrators,
    )
