"""Counts the encryptions that re-encryption makes with each key, ahead of making them."""

from __future__ import annotations

import threading
from typing import Any, Final

from psycopg import Connection

from encryption_keys import BUDGET, BUDGET_WARNING, Ring
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


class Encryptions:
    """The encryptions of one secret's current key; workers share it."""

    def __init__(self, secret: str, ring: Ring) -> None:
        self._secret, self._key = secret, ring.current
        self._lock = threading.Lock()
        self._left = 0
        self.total = 0
        """As recorded, with what is reserved."""

    def reserve(self, connection: Connection[Any], count: int) -> None:
        """Count encryptions that are about to be made; :class:`Stop` where the key may make no more."""
        with self._lock:
            while self._left < count:
                self._add(connection, max(BLOCK, count))
                if self.total > BUDGET:
                    raise Stop(
                        Exit.REFUSED,
                        f"key {self._key.kid} has made {self.total} of {BUDGET} encryptions: rotate it first",
                    )
            self._left -= count

    def return_unused(self, count: int) -> None:
        """Reserved for a page, and not made."""
        with self._lock:
            self._left += count

    def give_back(self, connection: Connection[Any]) -> None:
        """Take back what was reserved and not used."""
        with self._lock:
            self._add(connection, -self._left)

    def _add(self, connection: Connection[Any], count: int) -> None:
        values = [self._secret, self._key.kid, self._key.generation, count]
        found = connection.execute(_ADD, values).fetchone()
        self._left += count
        self.total = found[0] if found else 0

    @property
    def warnings(self) -> list[str]:
        """What the operator should know although nothing failed."""
        if self.total < BUDGET_WARNING:
            return []
        return [f"key {self._key.kid} has made {self.total} of {BUDGET} encryptions: rotate it"]
