"""Renders the ``.env`` file of a host and writes it atomically with mode 600."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import boto3

from ops.core import answers
from ops.core.atomic_write import replace
from ops.core.exits import Exit, Stop
from ops.core.session import PATIENT
from ops.import_env.strength import CARRIED, PLAIN
from settings import Settings
from settings.grants import HOST_READER, entries_read_by
from settings.host_env import HOST_ADDRESS, PLACEHOLDER, env_lines, optional_names


@dataclass(frozen=True)
class Found:
    """One parameter in the store; its repr leaves the value out."""

    version: int
    value: str = field(repr=False)


def template(settings: Settings) -> dict[str, str]:
    """Every value of ``.env`` as it is written, with placeholders for parameters, as a host has it."""
    host = settings.host
    if host is None:
        raise Stop(
            Exit.BAD_INPUT,
            "only a stack with a host has a .env file: ECS injects the variables of containers",
        )
    entries = entries_read_by(settings, HOST_READER)
    return dict(sorted(env_lines(host.environment, entries).items()))


def fetch(session: boto3.Session, settings: Settings, lines: Mapping[str, str]) -> dict[str, Found]:
    """The parameters that the lines name, by short name; :class:`Stop` where one is missing."""
    names = sorted({name for line in lines.values() for name in PLACEHOLDER.findall(line)} - {HOST_ADDRESS})
    client, found = session.client("ssm", config=PATIENT), dict[str, Found]()
    asked = [settings.names.parameter(one) for one in names]
    for one in answers.items(client, "get_parameters", asked, may_be_absent=True, WithDecryption=True):
        found[one["Name"].rpartition("/")[2]] = Found(one["Version"], one["Value"])
    optional = optional_names(entries_read_by(settings, HOST_READER))
    problems = [f"parameter {one} is not set" for one in names if one not in found and one not in optional]
    problems += [
        f"parameter {name} contains characters that .env cannot represent unquoted"
        for name, one in found.items()
        if CARRIED.fullmatch(one.value) is None
    ]
    problems += [
        f"parameter {name} holds characters that need a variable of its own"
        for line in lines.values()
        for name in PLACEHOLDER.findall(line)
        if name in found and PLACEHOLDER.fullmatch(line) is None and _needs_quotes(found[name].value)
    ]
    if problems:
        raise Stop(Exit.REFUSED, "\n".join(problems))
    return found


def rendered(lines: Mapping[str, str], found: Mapping[str, Found], address: str) -> str:
    """The text of ``.env`` with placeholders replaced; a line whose optional value is missing is left out."""
    values = {name: one.value for name, one in found.items()} | {HOST_ADDRESS: address}
    return "".join(
        f"{key}={PLACEHOLDER.sub(lambda match: _quoted(values[match.group(1)]), line)}\n"
        for key, line in lines.items()
        if values.keys() >= set(PLACEHOLDER.findall(line))
    )


def _needs_quotes(value: str) -> bool:
    return PLAIN.fullmatch(value) is None


def _quoted(value: str) -> str:
    return f"'{value}'" if _needs_quotes(value) else value


def write(path: Path, text: str) -> None:
    """Replace ``path`` atomically by a file of mode 600; a symbolic link is replaced, not followed."""
    replace(path, text, mode=0o600, prefix=".env.new.")
