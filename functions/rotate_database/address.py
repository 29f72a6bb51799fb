"""A database URL reads back as what was written, whatever the password contains, and leads nowhere else."""

from __future__ import annotations

import urllib.parse
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

SSL_MODES: Final = ("require", "verify-full")
"""The modes that never fall back to plain text: what a client verifies beyond is its own `sslrootcert`."""


class AddressError(ValueError):
    """A URL that this function may not use; the message never quotes it."""


@dataclass(frozen=True)
class Address:
    """One login at one database."""

    user: str
    password: str = field(repr=False)
    host: str
    port: int
    database: str
    ssl_mode: str = "require"

    def __str__(self) -> str:
        return repr(self)

    def url(self) -> str:
        """The whole as one URL, every part encoded."""
        user, password, database = (
            urllib.parse.quote(part, safe="") for part in (self.user, self.password, self.database)
        )
        return f"postgresql://{user}:{password}@{self.host}:{self.port}/{database}?sslmode={self.ssl_mode}"


def parse(url: str) -> Address:
    """The parts of a URL; a part that is missing, or one too many, is refused."""
    address = None
    # urllib's own messages quote what it could not read, so no exception of its leaves this block.
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
