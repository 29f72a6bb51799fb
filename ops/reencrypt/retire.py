"""Lists why old keys cannot be retired: rows, columns, backups and tasks that still need one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from psycopg import Connection

from ops.reencrypt.catalog.undeclared import undeclared
from ops.reencrypt.records.marker import check_marker
from ops.reencrypt.records.verifications import Verified, history
from ops.reencrypt.target import Inventory, Target

APART: Final = dt.timedelta(minutes=15)
"""Minimum time between two verifications, in which a task that still writes with the old key shows up."""


def objections(
    connection: Connection[Any],
    inventory: Inventory,
    kid: str,
    *,
    stale_readers: Sequence[str],
    oldest_backup: dt.datetime | None,
) -> list[str]:
    """Reasons why the keys before ``kid`` are still needed; :class:`Stop` in another stack's database.

    ``stale_readers`` are the services that run a task from before the promotion; ``oldest_backup`` is the
    time of the oldest backup that can be restored.
    """
    found = [f"{reader} still runs a task from before the promotion" for reader in stale_readers]
    if not check_marker(connection, inventory.identity):
        found.append("the database has no marker of this stack: no verification was recorded in it")
    if not inventory.targets:
        found.append(
            f"secrets.{inventory.secret}.encryptedColumns declares no column: declare every encrypted column"
        )
    found += map(str, undeclared(connection, inventory.declared))
    for target in inventory.targets:
        run = _unbroken(target, history(connection, target, kid))
        if not run:
            found.append(
                f"{target}: the last verification under {kid} is missing or found old rows, unreadable rows, "
                "undeclared columns, or no value at all (mayBeEmpty)"
            )
        elif run[0].started - run[-1].finished < APART:
            minutes = int(APART.total_seconds() // 60)
            found.append(f"{target}: two clean verifications at least {minutes} minutes apart are needed")
        elif oldest_backup is not None and oldest_backup < run[-1].finished:
            found.append(
                f"{target}: a backup of {oldest_backup:%Y-%m-%d %H:%M} needs the old key when restored"
            )
    return found


def _unbroken(target: Target, history: Sequence[Verified]) -> list[Verified]:
    """The clean verifications since the last one that was not clean, newest first."""
    run: list[Verified] = []
    for one in history:
        if not one.clean(target):
            break
        run.append(one)
    return run
