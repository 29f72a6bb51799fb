"""Derives the lines of a host's ``.env`` with placeholders, and names what it installs and reports.

``env_value`` is the one function that writes a value for ``.env``: docker compose, which gives it to the
containers, reads back what was declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from settings.grants import StoreEntry
from settings.names import Names
from settings.schema.services import PlainParameterSettings

PLACEHOLDER = re.compile(r"\{\{([a-z0-9-]*)\}\}")
"""``{{db-host}}`` in an ``.env`` line, which the host replaces."""
PLAIN = r"[A-Za-z0-9._~:/@%+=,-]"
"""A character that compose, a shell and docker read alike without quotes."""
QUOTABLE = r"[A-Za-z0-9._~:/@%+=,!#$^&*()-]"
"""Those and the other characters of Django's keys: what a parameter consists of, since the host puts a value
between single quotes where it is not plain."""
_PLAIN_LINE = re.compile(f"{PLAIN}*")
# A backslash is literal between single quotes, but for one before a quote or a backslash.
_IN_SINGLE_QUOTES = re.compile(r"(?:[^'\\]|\\(?=[^'\\]))*")
_IN_DOUBLE_QUOTES = re.compile(r'[^"\\$`]*')
LOGIN_PARTS = 4
HOST_ADDRESS, IMAGE_DIGEST = "host-address", "image-digest"
"""Placeholders that the host fills in: its private address, and the image digest it was told to run."""

HOST_PARTS = ("packages", "metadata-guard", "aws-cli", "app-update", "cloudwatch-agent")
"""What a host installs, in order; it reports each part that is missing under this name."""
MISSING_PARTS = "MissingParts"
"""The metric by which a host reports how many of its parts are missing."""


def host_namespace(names: Names) -> str:
    """The namespace of the metrics that the host itself reports: ``shop/production/host``."""
    return f"{names.prefix}/{names.environment}/host"


def env_lines(environment: Mapping[str, str], entries: Iterable[StoreEntry]) -> dict[str, str]:
    """The values of ``.env`` as they are written: those of the stack, and a placeholder for each secret."""
    secrets = {entry.env: f"{{{{{short_name(entry)}}}}}" for entry in entries if entry.env}
    return {name: env_value(value) for name, value in {**environment, **secrets}.items()}


def env_value(value: str) -> str:
    """A value as a line of ``.env`` has it: unquoted, or in the quotes in which compose expands nothing.

    Raises ``ValueError`` for a value that compose would change in every notation. What replaces a placeholder
    is plain, or the whole line, which the host quotes by itself.
    """
    text = PLACEHOLDER.sub("", value)
    if _PLAIN_LINE.fullmatch(text):
        return value
    if not text.isprintable():
        raise ValueError("contains a line break or a control character; write one plain line")
    if _IN_SINGLE_QUOTES.fullmatch(text):
        return f"'{value}'"
    if _IN_DOUBLE_QUOTES.fullmatch(text):
        return f'"{value}"'
    raise ValueError(
        "cannot be quoted for docker compose: beside a single quote it may not contain a double quote, $, ` "
        "or a backslash, and a backslash may not be last or before another one; remove one of them"
    )


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
