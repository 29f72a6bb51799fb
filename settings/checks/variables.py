"""Checks that each variable of a reader has one source: a secret, a URL of a service or a plain value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from settings.checks.check import Others
from settings.connections import callees
from settings.grants import entries_read_by, known_readers
from settings.schema.services import ContainersSettings
from settings.schema.stack import Settings


def source_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check the variables that each reader gets, and those that it needs."""
    for reader in known_readers(settings):
        given: dict[str, str] = {}
        for entry in entries_read_by(settings, reader):
            env, key = entry.env, entry.key
            if env is None:
                continue
            if env in given:
                yield f"secrets.{key}.env={env}: {given[env]} gives {reader} this variable too; rename one"
            given[env] = key
        service = settings.services.get(reader)
        for env in service.required_env if service else ():
            if env not in given:
                yield (
                    f"platform.services.{reader}.requiredEnv: {reader} lacks {env}; declare a secret with "
                    f"env {env} and reader {reader}"
                )
        for env in service.environment if service else ():
            if env in given:
                where = f"platform.services.{reader}.environment.{env}"
                yield f"{where}: is also a secret ({given[env]}); remove it"
        if settings.containers and service:
            yield from _url_problems(settings.containers, reader, given)


def _url_problems(platform: ContainersSettings, caller: str, secrets: Mapping[str, str]) -> Iterator[str]:
    """Check the variables in which a service receives the URLs of those that it calls."""
    plain, given = platform.services[caller].environment, dict[str, str]()
    for name in callees(platform, caller):
        env = platform.services[name].url_env if name in platform.services else None
        if env is None:
            continue
        where = f"platform.services.{name}.urlEnv={env}"
        if env in given:
            yield f"{where}: {caller} receives the URL of {given[env]} in this variable too; rename one"
        elif env in secrets:
            yield f"{where}: {caller} receives the secret {secrets[env]} in this variable too; rename one"
        elif env in plain:
            yield f"{where}: is also a plain variable of {caller}; remove it there, or rename one"
        given[env] = name
