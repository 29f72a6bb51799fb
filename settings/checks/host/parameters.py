"""Checks of a host's parameters, and of the lines of its ``.env``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.errors import nearest
from settings.grants import HOST_READER, entries_read_by
from settings.host_env import HOST_ADDRESS, IMAGE_DIGEST, PLACEHOLDER, PLAIN, QUOTABLE, env_value, short_name
from settings.schema.services import HostSettings
from settings.schema.stack import Settings


def parameter_problems(settings: Settings, host: HostSettings) -> Iterator[str]:
    """Check the names and values of the parameters that the host reads."""
    names = settings.names
    taken = {entry.store_name for entry in entries_read_by(settings, HOST_READER)}
    for entry in entries_read_by(settings, HOST_READER):
        if entry.store_name.rpartition("/")[0] != names.parameter_path:
            yield f"secrets.{entry.key}.name={entry.store_name}: a host reads only {names.parameter_path}/*"
    for key, parameter in host.parameters.items():
        where = f"platform.parameters.{key}"
        if (parameter.value is None) == (parameter.source is None):
            both = "neither value nor source" if parameter.value is None else "both value and source"
            yield f"{where}: has {both}; give one of them"
        if key in (HOST_ADDRESS, IMAGE_DIGEST) or names.parameter(key) in taken:
            yield f"{where}: the name is already used; choose another"
        if parameter.value is not None:
            yield from _value_problems(host, key, parameter.value)
        source = parameter.source or ""
        if source == "edge.domain" and not (settings.edge and settings.edge.domain):
            yield f"{where}.source={source}: the stack has no domain; set edge.domain"
        if source.startswith("database.") and settings.database is None:
            yield f"{where}.source={source}: the stack has no database; add strongroom:database"


def _value_problems(host: HostSettings, key: str, value: str) -> Iterator[str]:
    """Check a parameter's own value, which the host writes into ``.env`` in place of ``{{key}}``."""
    where = f"platform.parameters.{key}.value"
    if not value:
        yield f"{where}: is empty, and Parameter Store keeps no empty value; remove the parameter"
    elif not re.fullmatch(f"{QUOTABLE}+", value):
        yield (
            f"{where}: may hold letters, digits and ._~:/@%+=,!#$^&*()- only, since it goes into .env; "
            "write other text as a line of platform.environment"
        )
    elif not re.fullmatch(f"{PLAIN}+", value):
        for env, line in host.environment.items():
            if f"{{{{{key}}}}}" in line and not PLACEHOLDER.fullmatch(line):
                yield (
                    f"platform.environment.{env}: {{{{{key}}}}} holds one of !#$^&*(), which needs a line "
                    f'of its own; write only "{{{{{key}}}}}" here'
                )


def placeholder_problems(settings: Settings, host: HostSettings) -> Iterator[str]:
    """Check that each line can be written, and names parameters that the host has."""
    read = {entry.env: entry for entry in entries_read_by(settings, HOST_READER) if entry.env}
    secret_names = {short_name(entry) for entry in read.values()}
    known = (*host.parameters, HOST_ADDRESS, IMAGE_DIGEST)
    for env, line in host.environment.items():
        where = f"platform.environment.{env}"
        if env in read:
            yield f"{where}: is also a secret ({read[env].key}); remove it"
        try:
            env_value(line)
        except ValueError as error:
            yield f"{where}: {error}"
        if set("{}") & set(PLACEHOLDER.sub("", line)):
            yield f"{where}: contains a brace that is not part of {{{{name}}}}; remove it"
        for name in PLACEHOLDER.findall(line):
            if name in secret_names:
                yield f"{where}: {{{{{name}}}}} is a secret; remove it here, the secret's env is its variable"
            elif name not in known:
                yield f"{where}: {{{{{name}}}}} is not a parameter{nearest(name, known) or '; declare it'}"
