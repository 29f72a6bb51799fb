"""Checks of buckets and queues: users, variables, names, and how SQS is reached."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checks.check import Others
from settings.errors import nearest
from settings.grants import entries_read_by
from settings.parts import shared_users
from settings.schema import aws_limits as limits
from settings.schema.parts import BucketSettings, QueueSettings
from settings.schema.stack import Settings

_ENDPOINT = "sqs"


def user_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the readers and writers of buckets and queues are declared, and that each has some."""
    known = shared_users(settings)
    kind = "host" if settings.host else "a declared service or tool"
    for where, one in _shared(settings):
        for member, users in (("readers", one.readers), ("writers", one.writers)):
            for user in users:
                if user not in known:
                    yield f'{where}.{member}: "{user}" is not {kind}{nearest(user, known) or "; remove it"}'
        if not one.readers and not one.writers:
            yield f"{where}: nobody uses it; list readers and writers, or remove it"


def variable_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that no process gets two values for one variable."""
    for user in shared_users(settings):
        given = {entry.env: f"secrets.{entry.key}" for entry in entries_read_by(settings, user) if entry.env}
        plain = settings.host.environment if settings.host else _environment(settings, user)
        given |= {env: "environment" for env in plain if env not in given}
        for where, one in _shared(settings):
            if one.env is None or user not in (*one.readers, *one.writers):
                continue
            if one.env in given:
                yield f"{where}.env={one.env}: {user} has this variable from {given[one.env]}; rename one"
            given[one.env] = where


def part_name_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the names of buckets and of the roles of schedules are not too long."""
    names = settings.names
    made = [
        *((f"buckets.{key}", "bucket", names.bucket(key), limits.BUCKET_NAME) for key in settings.buckets),
        *(
            (f"queues.{key}", "dead-letter queue", names.dead_letter_queue(key), limits.QUEUE_NAME)
            for key in settings.queues
        ),
        *(
            (f"schedules.{key}", "role", names.schedule_role(key), limits.ROLE_NAME)
            for key in settings.schedules
        ),
    ]
    for where, what, name, limit in made:
        if len(name) > limit.value:
            yield (
                f"{where}: the {what} {name} would have {len(name)} characters, AWS allows {limit.value}; "
                f"use {len(name) - limit.value} less"
            )
        if name.endswith("-") or "--" in name:
            yield f"{where}: the {what} {name} has a double or last hyphen; choose another name"


def reach_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the services and tools that use a queue can reach SQS."""
    if _ENDPOINT in settings.network.endpoints:
        return
    for key, queue in settings.queues.items():
        for user in dict.fromkeys((*queue.readers, *queue.writers)):
            service = settings.services.get(user)
            if user in settings.tools or (service is not None and not service.external):
                yield (
                    f"network.endpoints lacks {_ENDPOINT}: {user} uses queues.{key} and has no way to the "
                    "Internet; add it"
                )


def _shared(settings: Settings) -> Iterator[tuple[str, BucketSettings | QueueSettings]]:
    yield from ((f"buckets.{key}", one) for key, one in settings.buckets.items())
    yield from ((f"queues.{key}", one) for key, one in settings.queues.items())


def _environment(settings: Settings, user: str) -> dict[str, str]:
    service = settings.services.get(user)
    return service.environment if service else {}
