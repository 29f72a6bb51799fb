"""An old key leaves the ring only when nothing that exists, or could come back, still needs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from psycopg import Connection, errors

from ops.reencrypt.target import Target

APART: Final = dt.timedelta(minutes=15)
"""Longer than a straggler lives: whoever still wrote with the old key has shown itself by then."""

_HISTORY: Final = """
SELECT started, finished, old, poison FROM strongroom.reencrypt_verification
WHERE target = %s AND kid = %s ORDER BY finished DESC LIMIT 100
"""


class Verified(NamedTuple):
    """One verification of one column under the current key."""

    started: dt.datetime
    finished: dt.datetime
    old: int
    poison: int

    @property
    def clean(self) -> bool:
        """Whether it found nothing that the current key does not open."""
        return self.old == 0 and self.poison == 0


def objections(
    connection: Connection[Any],
    targets: Sequence[Target],
    kid: str,
    *,
    stale_readers: Sequence[str],
    oldest_backup: dt.datetime | None,
) -> list[str]:
    """Why the keys before ``kid`` must stay; empty when they may go.

    ``stale_readers`` are the services with a task from before the promotion; ``oldest_backup`` is when the
    oldest backup that can still be restored was made.
    """
    found = [f"{reader} still runs a task from before the promotion" for reader in stale_readers]
    for target in targets:
        run = _unbroken(_history(connection, target, kid))
        if not run:
            found.append(f"{target}: the last verification under {kid} is missing or found old rows")
        elif run[0].started - run[-1].finished < APART:
            minutes = int(APART.total_seconds() // 60)
            found.append(f"{target}: two clean verifications at least {minutes} minutes apart are needed")
        elif oldest_backup is not None and oldest_backup < run[-1].finished:
            found.append(
                f"{target}: a backup of {oldest_backup:%Y-%m-%d %H:%M} needs the old key when restored"
            )
    return found


def _history(connection: Connection[Any], target: Target, kid: str) -> list[Verified]:
    try:
        return [Verified(*row) for row in connection.execute(_HISTORY, [str(target), kid]).fetchall()]
    except errors.UndefinedTable:
        return []


def _unbroken(history: Sequence[Verified]) -> list[Verified]:
    """The clean verifications since the last one that was not, newest first."""
    run: list[Verified] = []
    for one in history:
        if not one.clean:
            break
        run.append(one)
    return run
