"""Counts the encryptions that re-encryption makes with each key, before they are made."""

from __future__ import annotations

from typing import Any, Final

from psycopg import Connection

from encryption_keys import BUDGET, BUDGET_WARNING, Key, Ring
from ops.core.exits import Exit, Stop
from ops.reencrypt.records.tables import exists

BLOCK: Final = 10_000
"""Encryptions that are reserved at a time; those that a killed process did not use stay counted."""

_NEWEST: Final = """
SELECT generation, kid FROM strongroom.encryption_key WHERE secret = %s ORDER BY generation DESC LIMIT 1
"""
_ADD: Final = """
INSERT INTO strongroom.encryption_key AS k (secret, kid, generation, encryptions) VALUES (%s, %s, %s, %s)
ON CONFLICT (secret, kid) DO UPDATE SET encryptions = k.encryptions + excluded.encryptions
RETURNING encryptions
"""


def check_generation(connection: Connection[Any], secret: str, ring: Ring) -> None:
    """Refuse a keyring whose current key is older than one that was current in this database before."""
    if not exists(connection, "encryption_key"):
        return
    newest = connection.execute(_NEWEST, [secret]).fetchone()
    if newest is not None and newest[0] > ring.current.generation:
        raise Stop(
            Exit.REFUSED,
            f"generation {ring.current.generation} is current in this ring, but rows were encrypted under "
            f"generation {newest[0]} ({newest[1]}) before: the ring is out of date; give the "
            "one in the store",
        )


def count_encryptions(connection: Connection[Any], secret: str, key: Key, count: int) -> int:
    """Add ``count`` to the encryptions of a key; return its total, which includes reserved ones."""
    found = connection.execute(_ADD, [secret, key.kid, key.generation, count]).fetchone()
    return found[0] if found else 0


def budget_warnings(key: Key, made: int) -> list[str]:
    """A warning where a key has made nearly as many encryptions as NIST allows."""
    if made < BUDGET_WARNING:
        return []
    return [f"key {key.kid} has made {made} of {BUDGET} encryptions: rotate it"]


class Encryptions:
    """The encryptions that one worker has reserved for the current key of a secret."""

    def __init__(self, secret: str, ring: Ring) -> None:
        self._secret, self._key = secret, ring.current
        self._left = 0

    @property
    def unused(self) -> int:
        """Reserved encryptions that were not made."""
        return self._left

    def reserve(self, connection: Connection[Any], count: int) -> None:
        """Reserve encryptions before they are made; :class:`Stop` where the key has reached its limit."""
        while self._left < count:
            made = self._add(connection, max(BLOCK, count))
            if made > BUDGET:
                raise Stop(
                    Exit.REFUSED,
                    f"key {self._key.kid} has made {made} of {BUDGET} encryptions: rotate it first",
                )
        self._left -= count

    def return_unused(self, count: int) -> None:
        """Return encryptions that were reserved for a page and not made."""
        self._left += count

    def give_back(self, connection: Connection[Any]) -> None:
        """Subtract the unused reserved encryptions from the stored count."""
        self._add(connection, -self._left)

    def _add(self, connection: Connection[Any], count: int) -> int:
        made = count_encryptions(connection, self._secret, self._key, count)
        self._left += count
        return made
