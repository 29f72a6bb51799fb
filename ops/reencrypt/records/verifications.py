"""Records verifications in the database, and reads those that a retirement requires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from psycopg import Connection, errors

from ops.reencrypt.target import Target

_RECORD: Final = """
INSERT INTO strongroom.reencrypt_verification
    (target, kid, total, encrypted, old, poison, undeclared, started)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_HISTORY: Final = """
SELECT started, finished, old, poison, encrypted, undeclared FROM strongroom.reencrypt_verification
WHERE target = %s AND kid = %s ORDER BY finished DESC, id DESC LIMIT 100
"""


class Verified(NamedTuple):
    """One verification of one column under the current key."""

    started: dt.datetime
    finished: dt.datetime
    old: int
    poison: int
    encrypted: int
    undeclared: int

    def clean(self, target: Target) -> bool:
        """Whether it found encrypted values, and all of them under the current key."""
        if self.encrypted == 0 and not target.may_be_empty:
            return False  # without a value nothing is verified: it may have been another database
        return self.old == 0 and self.poison == 0 and self.undeclared == 0


def record(connection: Connection[Any], target: Target, kid: str, started: Any, found: Sequence[int]) -> None:
    """Record the verification of one column.

    ``found`` are the numbers of rows, encrypted values, values under old keys, unreadable rows and
    undeclared columns.
    """
    connection.execute(_RECORD, [str(target), kid, *found, started])


def history(connection: Connection[Any], target: Target, kid: str) -> list[Verified]:
    """The verifications of one column under one key, newest first."""
    try:
        return [Verified(*row) for row in connection.execute(_HISTORY, [str(target), kid]).fetchall()]
    except (errors.UndefinedTable, errors.UndefinedColumn):
        return []
