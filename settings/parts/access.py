"""Derives which roles read and write which bucket and queue, and the variables that name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from settings.schema.parts import BucketSettings, QueueSettings
from settings.schema.stack import Settings

HOST_READER = "host"
"""The name of the docker-compose host among readers and writers."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Names of the roles that read and write one bucket or queue, in addition to administrators."""

    readers: tuple[str, ...]
    writers: tuple[str, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role, each once."""
        return tuple(dict.fromkeys((*self.readers, *self.writers)))


def shared_users(settings: Settings) -> tuple[str, ...]:
    """The valid names under ``readers`` and ``writers`` of buckets and queues on this platform."""
    return (HOST_READER,) if settings.host else (*settings.services, *settings.tools)


def bucket_access(settings: Settings) -> dict[str, Access]:
    """The roles of each bucket, by its short name."""
    return {key: _access(settings, one) for key, one in settings.buckets.items()}


def queue_access(settings: Settings) -> dict[str, Access]:
    """The roles of each queue, by its short name."""
    return {key: _access(settings, one) for key, one in settings.queues.items()}


def used_as(
    declared: Mapping[str, BucketSettings] | Mapping[str, QueueSettings], user: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The short names of the buckets, or queues, that ``user`` reads and those that it writes."""
    return (
        tuple(key for key, one in declared.items() if user in one.readers),
        tuple(key for key, one in declared.items() if user in one.writers),
    )


def shared_variables(settings: Settings, user: str) -> dict[str, str]:
    """Names of buckets and URLs of queues, by the variable in which ``user`` receives them."""
    names = settings.names
    buckets = {one.env: names.bucket(key) for key, one in settings.buckets.items() if _uses(one, user)}
    queues = {
        one.env: names.queue_url(names.queue(key)) for key, one in settings.queues.items() if _uses(one, user)
    }
    return {env: value for env, value in {**buckets, **queues}.items() if env is not None}


def _uses(one: BucketSettings | QueueSettings, user: str) -> bool:
    return user in one.readers or user in one.writers


def _access(settings: Settings, one: BucketSettings | QueueSettings) -> Access:
    return Access(
        readers=tuple(_role(settings, user) for user in one.readers),
        writers=tuple(_role(settings, user) for user in one.writers),
    )


def _role(settings: Settings, user: str) -> str:
    """The role of the running process."""
    return settings.names.host_role if user == HOST_READER else settings.names.task_role(user)
