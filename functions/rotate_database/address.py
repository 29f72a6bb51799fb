"""Formats and parses database URLs, with any password; a URL with unexpected parts is an error."""

from __future__ import annotations

import urllib.parse
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

SSL_MODES: Final = ("require", "verify-full")
"""The modes without a fallback to plain text; verification also depends on the client's `sslrootcert`."""


class AddressError(ValueError):
    """A URL that cannot be used; the message does not contain it."""


@dataclass(frozen=True)
class Address:
    """One login to one database."""

    user: str
    password: str = field(repr=False)
    host: str
    port: int
    database: str
    ssl_mode: str = "require"

    def __str__(self) -> str:
        return repr(self)

    def url(self) -> str:
        """Format as a URL, with every part percent-encoded."""
        user, password, database = (
            urllib.parse.quote(part, safe="") for part in (self.user, self.password, self.database)
        )
        return f"postgresql://{user}:{password}@{self.host}:{self.port}/{database}?sslmode={self.ssl_mode}"


def parse(url: str) -> Address:
    """Parse a URL; raises an error for a missing or an additional part."""
    address = None
    # urllib's messages contain the URL, so none of its exceptions leaves this block.
    with suppress(ValueError):
        address = _read(url)
    if address is None:
        raise AddressError("the URL cannot be read")
    if address.ssl_mode not in SSL_MODES:
        raise AddressError(f"the URL's sslmode must be {' or '.join(SSL_MODES)}")
    if not (address.user and address.password and address.host and address.database):
        raise AddressError("the URL lacks user, password, host or database")
    return address


def _read(url: str) -> Address | None:
    parts = urllib.parse.urlsplit(url)
    query = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
    # libpq lets `?host=` overrule the host before it, so nothing but sslmode may stand there; and urllib
    # drops line breaks silently, so none may stand anywhere.
    if (
        parts.scheme not in ("postgresql", "postgres")
        or [name for name, _ in query] != ["sslmode"]
        or parts.fragment
        or "/" in parts.path[1:]
        or any(character.isspace() for character in url)
    ):
        return None
    user, password, database = (
        urllib.parse.unquote(part or "", errors="strict")
        for part in (parts.username, parts.password, parts.path[1:])
    )
    return Address(
        user=user,
        password=password,
        host=parts.hostname or "",
        port=parts.port or 5432,
        database=database,
        ssl_mode=query[0][1],
    )
