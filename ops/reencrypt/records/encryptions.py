"""Counts the encryptions that re-encryption makes with each key, ahead of making them."""

from __future__ import annotations

from typing import Any, Final

from psycopg import Connection

from encryption_keys import BUDGET, BUDGET_WARNING, Key, Ring
from ops.core.exits import Exit, Stop
from ops.reencrypt.records.tables import exists

BLOCK: Final = 10_000
"""Encryptions reserved at once: what a killed process had left of them stays counted."""

_NEWEST: Final = """
SELECT generation, kid FROM strongroom.encryption_key WHERE secret = %s ORDER BY generation DESC LIMIT 1
"""
_ADD: Final = """
INSERT INTO strongroom.encryption_key AS k (secret, kid, generation, encryptions) VALUES (%s, %s, %s, %s)
ON CONFLICT (secret, kid) DO UPDATE SET encryptions = k.encryptions + excluded.encryptions
RETURNING encryptions
"""


def check_generation(connection: Connection[Any], secret: str, ring: Ring) -> None:
    """Refuse a ring whose current key is older than one that was current here before."""
    if not exists(connection, "encryption_key"):
        return
    newest = connection.execute(_NEWEST, [secret]).fetchone()
    if newest is not None and newest[0] > ring.current.generation:
        raise Stop(
            Exit.REFUSED,
            f"generation {ring.current.generation} is current in this ring, but rows were encrypted under "
            f"generation {newest[0]} ({newest[1]}) before: the ring is out of date; give the store's",
        )


def count_encryptions(connection: Connection[Any], secret: str, key: Key, count: int) -> int:
    """Add to the encryptions that a key has made; all of them, with what is reserved."""
    found = connection.execute(_ADD, [secret, key.kid, key.generation, count]).fetchone()
    return found[0] if found else 0


def budget_warnings(key: Key, made: int) -> list[str]:
    """What the operator should know although nothing failed."""
    if made < BUDGET_WARNING:
        return []
    return [f"key {key.kid} has made {made} of {BUDGET} encryptions: rotate it"]


class Encryptions:
    """What one worker has reserved of the encryptions of one secret's current key."""

    def __init__(self, secret: str, ring: Ring) -> None:
        self._secret, self._key = secret, ring.current
        self._left = 0

    @property
    def unused(self) -> int:
        """Reserved, and not made."""
        return self._left

    def reserve(self, connection: Connection[Any], count: int) -> None:
        """Count encryptions that are about to be made; :class:`Stop` where the key may make no more."""
        while self._left < count:
            made = self._add(connection, max(BLOCK, count))
            if made > BUDGET:
                raise Stop(
                    Exit.REFUSED,
                    f"key {self._key.kid} has made {made} of {BUDGET} encryptions: rotate it first",
                )
        self._left -= count

    def return_unused(self, count: int) -> None:
        """Reserved for a page, and not made."""
        self._left += count

    def give_back(self, connection: Connection[Any]) -> None:
        """Take back what was reserved and not used."""
        self._add(connection, -self._left)

    def _add(self, connection: Connection[Any], count: int) -> int:
        made = count_encryptions(connection, self._secret, self._key, count)
        self._left += count
        return made
