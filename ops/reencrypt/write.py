"""Writes a page back by compare-and-set on key, value and owner, and finds rows that the database rejects."""

from __future__ import annotations

from typing import Any, Final, LiteralString, NamedTuple

import psycopg
from psycopg import Connection, errors, sql

from ops.reencrypt.page import Poison, Renewed
from ops.reencrypt.session import BUSY
from ops.reencrypt.target import Column

# The row must be unchanged: its value, and its owner, which the new value is bound to. COLLATE "C": other
# collations may treat two different texts as equal.
_SAME: Final = """
t.{key} = v.key::{key_type} AND t.{value} COLLATE "C" = v.stored
    AND t.{owner}::text COLLATE "C" IS NOT DISTINCT FROM v.owner
"""
_GIVEN: Final = "unnest(%b::text[], %b::text[], %b::text[], %b::text[]) AS v(key, owner, stored, renewed)"
# A BEFORE trigger may change the written value.
_UPDATE: Final = f"""
WITH done AS (
    UPDATE {{table}} AS t SET {{value}} = v.renewed FROM {_GIVEN} WHERE {_SAME}
    RETURNING v.key, t.{{value}} COLLATE "C" IS NOT DISTINCT FROM v.renewed AS kept
)
SELECT count(*), array_agg(key) FILTER (WHERE NOT kept) FROM done
"""
_LOCK: Final = f"SELECT v.key FROM {{table}} AS t JOIN {_GIVEN} ON {_SAME} FOR UPDATE OF t SKIP LOCKED"

SUPPRESSED: Final = "a trigger or rule prevents the update"
REWRITTEN: Final = "a trigger changes the written value"

_OF_NO_ROW: Final = ("08", "0A", "25", "26", "28", "3D", "3F", "42", "53", "57", "58")
"""SQLSTATE classes of errors that no single row causes: connections, privileges, resources, syntax."""


class Written(NamedTuple):
    """How many rows of a page were written, and which ones the database rejects."""

    rows: int
    refused: list[Poison]


def write_page(connection: Connection[Any], column: Column, page: Renewed) -> Written:
    """Write every row that can be written; a locked, changed or rejected row prevents no other."""
    if not page.keys:
        return Written(0, [])
    try:
        return _compare_and_set(connection, column, page)
    except BUSY:
        return Written(0, [])  # found again by the next pass
    except psycopg.Error as problem:
        state = problem.sqlstate or ""
        if connection.closed or not state:
            raise
        # A trigger may reject a single row with this error; the privileges themselves were checked before.
        if state.startswith(_OF_NO_ROW) and not isinstance(problem, errors.InsufficientPrivilege):
            raise
        if len(page.keys) == 1:
            return Written(0, [Poison(page.keys[0], f"the database refuses it (SQLSTATE {state})")])
    middle = len(page.keys) // 2
    halves = page.part(0, middle), page.part(middle, len(page.keys))
    first, second = (write_page(connection, column, half) for half in halves)
    return Written(first.rows + second.rows, first.refused + second.refused)


def _compare_and_set(connection: Connection[Any], column: Column, page: Renewed) -> Written:
    try:
        written = _update(connection, column, page)
    except BUSY:
        # One locked row must not prevent the writing of its whole page.
        return _update_free(connection, column, page)
    if written.rows + len(written.refused) == len(page.keys):
        return written
    try:
        rest = _update_free(connection, column, page)
    except BUSY:
        return written
    return Written(written.rows + rest.rows, written.refused + rest.refused)


def _update_free(connection: Connection[Any], column: Column, page: Renewed) -> Written:
    """Write the rows that are unchanged and not locked by another session.

    A row that was locked here and is not written afterwards was left unchanged by a trigger or rule.
    """
    with connection.transaction():
        free = {key for (key,) in _execute(connection, _LOCK, column, page).fetchall()}
        if not free:
            return Written(0, [])
        part = page.chosen(free)
        written = _update(connection, column, part)
        left = {key for (key,) in _execute(connection, _LOCK, column, part).fetchall()}
    return Written(written.rows, written.refused + [Poison(key, SUPPRESSED) for key in sorted(left)])


def _update(connection: Connection[Any], column: Column, page: Renewed) -> Written:
    rows, rewritten = _execute(connection, _UPDATE, column, page).fetchone() or (0, None)
    refused = [Poison(key, REWRITTEN) for key in rewritten or ()]
    return Written(rows - len(refused), refused)


def _execute(
    connection: Connection[Any], query: LiteralString, column: Column, page: Renewed
) -> psycopg.Cursor[Any]:
    return connection.execute(sql.SQL(query).format(**column.names), _arrays(page))


def _arrays(page: Renewed) -> list[list[Any]]:
    return [page.keys, page.owners, page.stored, page.renewed]
