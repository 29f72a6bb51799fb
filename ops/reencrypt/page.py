"""Reads a page of rows and re-encrypts its values in memory; :mod:`ops.reencrypt.write` writes it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from psycopg import Connection, sql

from encryption_keys import ENVELOPE, LEGACY, Cell, Cipher, Format, Ring, Unreadable, nonces
from ops.reencrypt.target import Column

LEGACY_REFUSED: Final = "legacy-format"
"""The reason for an ``ENC:`` value, which is not bound to its row, in a column declared ``enc2-only``."""
PAGE_ROWS: Final = 500
PAGE_BYTES: Final = 16 * 1024 * 1024
"""Limit for the values in memory, summed over all workers; a larger single value is read alone."""

# The keys of all rows of the page are selected, so that no statement has to search far for the next
# candidate; the values only of candidates. `t.` in ORDER BY: a bare name would mean the output column, which
# is text. octet_length does not read the stored values.
_SELECT: Final = """
SELECT key, owner, value FROM (
    SELECT *, sum(octet_length(value)) OVER (ORDER BY typed ROWS UNBOUNDED PRECEDING) AS upto FROM (
        SELECT t.{key} AS typed, t.{key}::text AS key,
            CASE WHEN {candidate} THEN t.{owner}::text END AS owner,
            CASE WHEN {candidate} THEN t.{value} END AS value
        FROM {table} AS t WHERE {bounds} ORDER BY t.{key} LIMIT {limit}
    ) AS page
) AS sized
WHERE coalesce(upto, 0) - coalesce(octet_length(value), 0) < {bytes} ORDER BY typed
"""

Row = tuple[str, str | None, str | None]


class Poison(NamedTuple):
    """A row that cannot be re-encrypted: no key decrypts its value, or the database rejects the new one."""

    key: str
    reason: str


class Bounds(NamedTuple):
    """A range of keys: greater than ``above``, up to and including ``upto``; None means no bound."""

    above: str | None
    upto: str | None


@dataclass
class Renewed:
    """The re-encrypted rows of a page, and the rows that cannot be re-encrypted."""

    keys: list[str] = field(default_factory=list)
    owners: list[str | None] = field(default_factory=list)
    stored: list[str] = field(default_factory=list, repr=False)
    renewed: list[str] = field(default_factory=list, repr=False)
    poison: list[Poison] = field(default_factory=list)
    reformatted: int = 0
    """Rows to write that have the current key already, in the other format."""
    newer: Counter[str] = field(default_factory=Counter)
    """Number of values by kid, for keys newer than the ring's current one: the ring is out of date."""

    def chosen(self, keys: set[str]) -> Renewed:
        """The rows to write with these keys."""
        rows = zip(self.keys, self.owners, self.stored, self.renewed, strict=True)
        chosen, owners, stored, renewed = map(
            list, zip(*(row for row in rows if row[0] in keys), strict=True)
        )
        return Renewed(chosen, owners, stored, renewed)

    def part(self, start: int, end: int) -> Renewed:
        """The rows to write from ``start`` to ``end``."""
        return Renewed(
            self.keys[start:end], self.owners[start:end], self.stored[start:end], self.renewed[start:end]
        )


@dataclass(frozen=True)
class Work:
    """How to re-encrypt the values of one column."""

    column: Column
    ring: Ring
    form: Format
    encrypt_plaintext: bool = False
    page_rows: int = PAGE_ROWS
    page_bytes: int = PAGE_BYTES
    cipher: Cipher = field(init=False)
    newer: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        newer = (key.kid for key in self.ring.keys if key.generation > self.ring.current.generation)
        object.__setattr__(self, "cipher", Cipher(self.ring))
        object.__setattr__(self, "newer", frozenset(newer))

    @property
    def candidate(self) -> sql.Composable:
        """The SQL condition for rows that may have to be re-encrypted."""
        value = self.column.value
        done = sql.SQL("starts_with(t.{}, {})").format(
            value, sql.Literal(f"{ENVELOPE}{self.cipher.current}:")
        )
        some = sql.SQL("t.{} <> ''" if self.encrypt_plaintext else "starts_with(t.{}, 'ENC')").format(value)
        # An ``ENC:`` value does not name its key, so each one is decrypted.
        return some if self.form == "ENC" else sql.SQL("{} AND NOT {}").format(some, done)

    def read(self, connection: Connection[Any], bounds: Bounds) -> list[Row]:
        """The next page within the bounds; empty where no row is left."""
        return read_page(
            connection, self.column, bounds, self.candidate, rows=self.page_rows, size=self.page_bytes
        )

    def renew(self, rows: Sequence[Row]) -> Renewed:
        """Decrypt and re-encrypt the values; each new value is decrypted again and compared."""
        result, target, cipher, form, kid = Renewed(), self.column.target, self.cipher, self.form, None
        current, newer, refuses_legacy = cipher.current, self.newer, target.envelope == "enc2-only"
        table, column, _ = target.cell("")
        for (key, owner, value), nonce in zip(rows, nonces(form, len(rows)), strict=True):
            if value is None:
                continue
            cell = Cell(table, column, owner or "")
            try:
                if refuses_legacy and value.startswith(LEGACY):
                    result.poison.append(Poison(key, LEGACY_REFUSED))
                    continue
                if owner is None and form == "ENC2":
                    raise Unreadable("malformed", "the row has no owner to bind its value to")
                plaintext, kid, found = cipher.open(value, cell, kid)
                if kid in newer:
                    result.newer[kid] += 1
                    continue
                if kid == current:
                    if found == form:
                        continue
                    result.reformatted += 1
            except Unreadable as problem:
                if problem.reason != "plain":
                    result.poison.append(Poison(key, problem.reason))
                    continue
                if not self.encrypt_plaintext or not value.strip():
                    continue  # the application does not encrypt blank text
                plaintext = value.encode()
            result.renewed.append(cipher.seal_proved(plaintext, cell, form, nonce))
            result.keys.append(key)
            result.owners.append(owner)
            result.stored.append(value)
        return result


def read_page(
    connection: Connection[Any],
    column: Column,
    bounds: Bounds,
    candidate: sql.Composable,
    *,
    rows: int,
    size: int = PAGE_BYTES,
) -> list[Row]:
    """Select one page, ordered by key, of at most ``rows`` rows and ``size`` bytes of candidates' values."""
    limits: list[sql.Composable] = [sql.SQL("true")]
    edges: list[str] = []
    if bounds.above is not None:
        limits.append(sql.SQL("t.{key} > %s::{key_type}").format(**column.names))
        edges.append(bounds.above)
    if bounds.upto is not None:
        limits.append(sql.SQL("t.{key} <= %s::{key_type}").format(**column.names))
        edges.append(bounds.upto)
    statement = sql.SQL(_SELECT).format(
        **column.names,
        candidate=candidate,
        bounds=sql.SQL(" AND ").join(limits),
        limit=sql.Literal(rows),
        bytes=sql.Literal(size),
    )
    return connection.execute(statement, edges).fetchall()
