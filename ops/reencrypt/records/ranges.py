"""All runners of a column share one division of its key space, and no part of it has two of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import Any, Final, LiteralString

from psycopg import Connection, errors, sql

from ops.core.exits import Exit, Stop
from ops.reencrypt.page import Bounds
from ops.reencrypt.session import LOST
from ops.reencrypt.target import Column, Target

SAMPLED_BLOCKS: Final = 2000
"""Blocks that a division looks at: 16 MB give boundaries that are good enough for a table of any size."""

_LOCK: Final = "hashtextextended('strongroom-reencrypt ' || %s, 0)"
_HOME: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('strongroom-reencrypt home', 0));
CREATE SCHEMA IF NOT EXISTS strongroom;
CREATE TABLE IF NOT EXISTS strongroom.reencrypt_range (
    target text, part int, above text, upto text, PRIMARY KEY (target, part)
);
CREATE TABLE IF NOT EXISTS strongroom.reencrypt_verification (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target text NOT NULL, kid text NOT NULL,
    total bigint NOT NULL, old bigint NOT NULL, poison bigint NOT NULL,
    started timestamptz NOT NULL, finished timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""
_SAMPLE: Final = """
SELECT t.{key}::text FROM {table} AS t TABLESAMPLE SYSTEM ({percent}) ORDER BY t.{key}
"""


def make_home(connection: Connection[Any]) -> None:
    """Make the tables that runners coordinate by; they hold keys' fingerprints and rows' keys, no value."""
    try:
        with connection.transaction():
            connection.execute(_HOME)
    except errors.InsufficientPrivilege:
        user = connection.info.user
        raise Stop(
            Exit.BAD_INPUT, f"{user} may not make the schema strongroom: GRANT CREATE ON DATABASE"
        ) from None


@contextmanager
def presence(connection: Connection[Any], column: Column, parts: int) -> Iterator[list[Bounds]]:
    """The division of the key space, made anew where nobody else is at work, for as long as we are."""
    name = str(column.target)
    if _try_lock(connection, name):
        try:
            _divide(connection, column, parts)
        finally:
            # Down to shared without a gap in which another could divide anew.
            connection.execute(f"SELECT pg_advisory_lock_shared({_LOCK})", [name])
            connection.execute(f"SELECT pg_advisory_unlock({_LOCK})", [name])
    else:
        try:
            connection.execute(f"SELECT pg_advisory_lock_shared({_LOCK})", [name])
        except errors.LockNotAvailable:
            raise Stop(Exit.REFUSED, f"{name}: another run is just starting; try again") from None
    try:
        yield _known(connection, column.target)
    finally:
        _release(connection, "pg_advisory_unlock_shared", name)


@contextmanager
def hold(connection: Connection[Any], target: Target, bounds: Bounds) -> Iterator[bool]:
    """Whether this part is ours alone, until the block ends or the session does."""
    name = f"{target} above {bounds.above}"
    held = _try_lock(connection, name)
    try:
        yield held
    finally:
        if held:
            _release(connection, "pg_advisory_unlock", name)


def _try_lock(connection: Connection[Any], name: str) -> bool:
    return connection.execute(f"SELECT pg_try_advisory_lock({_LOCK})", [name]).fetchone() == (True,)


def _release(connection: Connection[Any], unlock: LiteralString, name: str) -> None:
    # A session that was lost has lost its locks too.
    with suppress(*LOST):
        connection.execute(f"SELECT {unlock}({_LOCK})", [name])


def divide(connection: Connection[Any], column: Column, parts: int) -> list[Bounds]:
    """Cut the whole key space into parts of about equal size; the outermost are open."""
    table = column.table.as_string(connection)
    size = connection.execute("SELECT pg_relation_size(%s::regclass) / 8192", [table]).fetchone()
    blocks = max(1, size[0] if size else 1)
    percent = sql.Literal(min(100.0, 100.0 * SAMPLED_BLOCKS / blocks))
    sample = connection.execute(sql.SQL(_SAMPLE).format(**column.names, percent=percent)).fetchall()
    cuts = (
        [sample[len(sample) * part // parts][0] for part in range(1, parts)] if len(sample) >= parts else []
    )
    edges = [None, *dict.fromkeys(cuts), None]
    return [Bounds(above, upto) for above, upto in pairwise(edges)]


def _divide(connection: Connection[Any], column: Column, parts: int) -> None:
    name = str(column.target)
    with connection.transaction():
        connection.execute("DELETE FROM strongroom.reencrypt_range WHERE target = %s", [name])
        for part, bounds in enumerate(divide(connection, column, parts)):
            values = [name, part, bounds.above, bounds.upto]
            connection.execute("INSERT INTO strongroom.reencrypt_range VALUES (%s, %s, %s, %s)", values)


def _known(connection: Connection[Any], target: Target) -> list[Bounds]:
    query = "SELECT above, upto FROM strongroom.reencrypt_range WHERE target = %s ORDER BY part"
    return [Bounds(*row) for row in connection.execute(query, [str(target)]).fetchall()]
