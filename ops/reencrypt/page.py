"""One page of rows: read, renewed in memory and proved, written back only where nobody was quicker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from psycopg import Connection, sql

from encryption_keys import ENVELOPE, Cell, Cipher, Format, Unreadable, nonces
from ops.reencrypt.session import BUSY
from ops.reencrypt.target import Column

PAGE_ROWS: Final = 500

# Every key of the page is read, so that no statement has to search far for the next candidate; values
# only where there may be something to do. `t.`: a bare name in ORDER BY would be the column of text.
_SELECT: Final = """
SELECT t.{key}::text, CASE WHEN {candidate} THEN t.{owner}::text END, CASE WHEN {candidate} THEN t.{value} END
FROM {table} AS t WHERE {bounds} ORDER BY t.{key} LIMIT {limit}
"""
# "C": a collation may call two different texts equal.
_UPDATE: Final = """
UPDATE {table} AS t SET {value} = v.renewed
FROM unnest(%b::text[], %b::text[], %b::text[]) AS v(key, stored, renewed)
WHERE t.{key} = v.key::{key_type} AND t.{value} COLLATE "C" = v.stored
"""
_UPDATE_FREE: Final = """
WITH free AS (
    SELECT {key} AS key FROM {table} WHERE {key} = ANY (%b::text[]::{key_type}[]) FOR UPDATE SKIP LOCKED
)
UPDATE {table} AS t SET {value} = v.renewed
FROM unnest(%b::text[], %b::text[], %b::text[]) AS v(key, stored, renewed)
JOIN free ON free.key = v.key::{key_type}
WHERE t.{key} = free.key AND t.{value} COLLATE "C" = v.stored
"""

Row = tuple[str, str | None, str | None]


class Poison(NamedTuple):
    """A row that no key of the ring opens."""

    key: str
    reason: str


class Bounds(NamedTuple):
    """Part of the key space: above the one, up to and with the other; None is open."""

    above: str | None
    upto: str | None


@dataclass
class Renewed:
    """What a page becomes: the rows to write, and those that cannot be."""

    keys: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list, repr=False)
    renewed: list[str] = field(default_factory=list, repr=False)
    poison: list[Poison] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """How the values of one column are to be renewed."""

    column: Column
    cipher: Cipher
    form: Format
    encrypt_plaintext: bool = False
    page_rows: int = PAGE_ROWS

    @property
    def candidate(self) -> sql.Composable:
        """What may need renewing, as far as the server can tell."""
        value = self.column.value
        done = sql.SQL("starts_with(t.{}, {})").format(
            value, sql.Literal(f"{ENVELOPE}{self.cipher.current}:")
        )
        some = sql.SQL("t.{} <> ''" if self.encrypt_plaintext else "starts_with(t.{}, 'ENC')").format(value)
        # Legacy values name no key: each has to be tried.
        return some if self.form == "ENC" else sql.SQL("{} AND NOT {}").format(some, done)

    def read(self, connection: Connection[Any], bounds: Bounds) -> list[Row]:
        """The next page within the bounds."""
        return read_page(connection, self.column, bounds, self.candidate, self.page_rows)

    def renew(self, rows: Sequence[Row]) -> Renewed:
        """Open, seal anew, open again and compare."""
        result, target, kid = Renewed(), self.column.target, None
        for (key, owner, value), nonce in zip(rows, nonces(self.form, len(rows)), strict=True):
            if value is None:
                continue
            cell = Cell(target.table, target.column, owner or "")
            try:
                if owner is None and self.form == "ENC2":
                    raise Unreadable("malformed", "the row has no owner to bind its value to")
                plaintext, kid, form = self.cipher.open(value, cell, kid)
                if kid == self.cipher.current and form == self.form:
                    continue
            except Unreadable as problem:
                if problem.reason != "plain":
                    result.poison.append(Poison(key, problem.reason))
                    continue
                if not self.encrypt_plaintext or not value.strip():
                    continue  # the application stores blank text as it is
                plaintext = value.encode()
            result.renewed.append(self.cipher.seal_proved(plaintext, cell, self.form, nonce))
            result.keys.append(key)
            result.stored.append(value)
        return result

    def write(self, connection: Connection[Any], page: Renewed) -> int:
        """Compare and set; how many rows were still what was read."""
        if not page.keys:
            return 0
        names = self.column.names
        values = [page.keys, page.stored, page.renewed]
        try:
            return connection.execute(sql.SQL(_UPDATE).format(**names), values).rowcount
        except BUSY:
            # One row that somebody holds must not keep back its whole page.
            return connection.execute(sql.SQL(_UPDATE_FREE).format(**names), [page.keys, *values]).rowcount


def read_page(
    connection: Connection[Any], column: Column, bounds: Bounds, candidate: sql.Composable, rows: int
) -> list[Row]:
    """Keys and owners of one page, in key order, and the values of its candidates."""
    limits: list[sql.Composable] = [sql.SQL("true")]
    edges: list[str] = []
    if bounds.above is not None:
        limits.append(sql.SQL("t.{key} > %s::{key_type}").format(**column.names))
        edges.append(bounds.above)
    if bounds.upto is not None:
        limits.append(sql.SQL("t.{key} <= %s::{key_type}").format(**column.names))
        edges.append(bounds.upto)
    statement = sql.SQL(_SELECT).format(
        **column.names, candidate=candidate, bounds=sql.SQL(" AND ").join(limits), limit=sql.Literal(rows)
    )
    return connection.execute(statement, edges).fetchall()
