"""Derives the lines of a host's ``.env`` with placeholders, and names what it installs and reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from settings.grants import StoreEntry
from settings.names import Names
from settings.schema.services import PlainParameterSettings

PLACEHOLDER = re.compile(r"\{\{([a-z0-9-]*)\}\}")
"""``{{db-host}}`` in an ``.env`` line, which the host replaces."""
LOGIN_PARTS = 4
HOST_ADDRESS, IMAGE_DIGEST = "host-address", "image-digest"
"""Placeholders that the host fills in: its private address, and the image digest it was told to run."""

HOST_PARTS = ("packages", "metadata-guard", "aws-cli", "app-update", "cloudwatch-agent")
"""What a host installs, in order; it reports each part that is missing under this name."""
MISSING_PARTS = "MissingParts"
"""The metric by which a host reports how many of its parts are missing."""


def host_namespace(names: Names) -> str:
    """The namespace of the metrics that the host itself reports: ``cinematch/production/host``."""
    return f"{names.prefix}/{names.environment}/host"


def env_lines(environment: Mapping[str, str], entries: Iterable[StoreEntry]) -> dict[str, str]:
    """The plain lines of the stack file, and one line for each secret that has a variable."""
    secrets = {entry.env: f"{{{{{short_name(entry)}}}}}" for entry in entries if entry.env}
    return {**environment, **secrets}


def optional_names(entries: Iterable[StoreEntry]) -> tuple[str, ...]:
    """Placeholders that may have no value yet: previous secret values, the first image digest."""
    return (*(short_name(entry) for entry in entries if entry.holds == "previous"), IMAGE_DIGEST)


def database_login(
    parameters: Mapping[str, PlainParameterSettings], entries: Iterable[StoreEntry], password: str | None
) -> tuple[str, ...]:
    """The parameters with the database's address, name, user and password, or none where one is missing."""
    sources = {one.source: name for name, one in parameters.items()}
    passwords = [short_name(one) for one in entries if one.key == password and one.holds == "current"]
    found = [sources.get(f"database.{what}") for what in ("address", "name", "username")]
    names = [name for name in (*found, *passwords[:1]) if name]
    return tuple(names) if len(names) == LOGIN_PARTS else ()


def short_name(entry: StoreEntry) -> str:
    """The last part of a parameter's name, which placeholders use."""
    return entry.store_name.rpartition("/")[2]
