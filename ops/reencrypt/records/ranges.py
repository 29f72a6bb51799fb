"""Divides the keys of a column into ranges, and locks each range for one worker at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import Any, Final, LiteralString

from psycopg import Connection, errors, sql

from ops.core.exits import Exit, Stop
from ops.reencrypt.page import Bounds
from ops.reencrypt.session import LOST
from ops.reencrypt.target import Column

SAMPLED_BLOCKS: Final = 2000
"""Blocks that are sampled to divide a table: 16 MB give ranges of similar size in a table of any size."""

_LOCK: Final = "hashtextextended('strongroom-reencrypt ' || %s, 0)"
# For a partitioned table, the size of all its partitions.
_SIZE: Final = "SELECT coalesce(sum(pg_relation_size(oid)), 0)::bigint FROM unnest(%s::oid[]) AS r(oid)"
# The server computes the boundaries, because the sample may contain many keys.
_CUTS: Final = """
SELECT percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY t.{key})::text[], count(*)
FROM {table} AS t TABLESAMPLE SYSTEM ({percent})
"""


@contextmanager
def presence(connection: Connection[Any], column: Column, parts: int) -> Iterator[list[Bounds]]:
    """The ranges of the column, which no other run divides again during the context.

    They are computed again only where no other run uses the column.
    """
    name = str(column)
    if _try_lock(connection, name):
        try:
            _divide(connection, column, parts)
        finally:
            # The shared lock is taken before the exclusive one is released, so that no other run can divide
            # in between.
            connection.execute(f"SELECT pg_advisory_lock_shared({_LOCK})", [name])
            connection.execute(f"SELECT pg_advisory_unlock({_LOCK})", [name])
    else:
        try:
            connection.execute(f"SELECT pg_advisory_lock_shared({_LOCK})", [name])
        except errors.LockNotAvailable:
            raise Stop(Exit.REFUSED, f"{name}: another run is just starting; try again") from None
    try:
        yield _known(connection, column)
    finally:
        _release(connection, "pg_advisory_unlock_shared", name)


@contextmanager
def hold(connection: Connection[Any], column: Column, bounds: Bounds) -> Iterator[bool]:
    """Lock a range until the context or the session ends; yields whether the lock was obtained."""
    name = f"{column} above {bounds.above}"
    held = _try_lock(connection, name)
    try:
        yield held
    finally:
        if held:
            _release(connection, "pg_advisory_unlock", name)


def _try_lock(connection: Connection[Any], name: str) -> bool:
    return connection.execute(f"SELECT pg_try_advisory_lock({_LOCK})", [name]).fetchone() == (True,)


def _release(connection: Connection[Any], unlock: LiteralString, name: str) -> None:
    # A lost session has lost its locks too.
    with suppress(*LOST):
        connection.execute(f"SELECT {unlock}({_LOCK})", [name])


def divide(connection: Connection[Any], column: Column, parts: int) -> list[Bounds]:
    """Divide all keys into ranges of similar size; the first and the last range have one bound only."""
    if parts == 1:
        return [Bounds(None, None)]
    size = connection.execute(_SIZE, [list(column.relations)]).fetchone()
    blocks = max(1, size[0] // 8192 if size else 1)
    percent = sql.Literal(min(100.0, 100.0 * SAMPLED_BLOCKS / blocks))
    shares = [part / parts for part in range(1, parts)]
    statement = sql.SQL(_CUTS).format(**column.names, percent=percent)
    found, sampled = connection.execute(statement, [shares]).fetchone() or (None, 0)
    cuts = found if found and sampled >= parts else []
    edges = [None, *dict.fromkeys(cuts), None]
    return [Bounds(above, upto) for above, upto in pairwise(edges)]


def _divide(connection: Connection[Any], column: Column, parts: int) -> None:
    name = str(column)
    with connection.transaction():
        connection.execute("DELETE FROM strongroom.reencrypt_range WHERE target = %s", [name])
        for part, bounds in enumerate(divide(connection, column, parts)):
            values = [name, part, bounds.above, bounds.upto]
            connection.execute("INSERT INTO strongroom.reencrypt_range VALUES (%s, %s, %s, %s)", values)


def _known(connection: Connection[Any], column: Column) -> list[Bounds]:
    query = "SELECT above, upto FROM strongroom.reencrypt_range WHERE target = %s ORDER BY part"
    return [Bounds(*row) for row in connection.execute(query, [str(column)]).fetchall()]
