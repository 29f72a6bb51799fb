"""Counts the rows of declared tables, and decrypts a sample of each declared column with the keyring."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pg8000.native as pg

from encryption_keys import LEGACY, Cell, Cipher, Unreadable
from functions.postgresql.role_attributes import PRIVILEGED
from functions.postgresql.session import sqlstate

DEFAULT_SAMPLE_ROWS: Final = 50
_SCHEMA: Final = "public"
"""The schema of a table that is declared without one."""
_ANSWERS: Final = {
    "42P01": "the table does not exist",
    "42703": "a declared column does not exist",
    "42501": "the role lacks SELECT, or row-level security hides rows from it",
    "57014": "the statement took too long",
}
_REASONS: Final = {
    "plain": "stored as plain text",
    "malformed": "malformed",
    "unknown-kid": "under a key that is not in the keyring",
    "bad-tag": "not decrypted by any key of the keyring",
    "legacy": "in the format ENC:, which the column refuses",
}


@dataclass(frozen=True)
class Column:
    """A declared column of encrypted values."""

    table: str
    key: str
    column: str
    owner: str
    logical: tuple[str, str]
    """Table and column in the associated data of its values."""
    may_be_empty: bool
    refuses_legacy: bool

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> Column:
        """Take the column from ``EncryptedColumn.model_dump()``, as the program writes it."""
        name = declared.get("logical_name") or {}
        table, column = declared["table"], declared["column"]
        return cls(
            table=table,
            key=declared["key"],
            column=column,
            owner=declared["owner"],
            logical=(name.get("table", table), name.get("column", column)),
            may_be_empty=declared.get("may_be_empty", False),
            refuses_legacy=declared.get("envelope") == "enc2-only",
        )

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True)
class Expected:
    """What the restored database must contain."""

    tables: Mapping[str, int]
    """The least number of rows, by table."""
    columns: Sequence[Column]
    sample_rows: int

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Expected:
        """Read the function's environment variables."""
        columns = json.loads(environment.get("ENCRYPTED_COLUMNS") or "[]")
        return cls(
            tables=json.loads(environment.get("TABLES") or "{}"),
            columns=tuple(Column.of(one) for one in columns),
            sample_rows=int(environment.get("SAMPLE_ROWS", DEFAULT_SAMPLE_ROWS)),
        )


@dataclass
class Found:
    """What the restored database contains, and how it differs from what it must."""

    problems: list[str] = field(default_factory=list)
    tables: dict[str, int] = field(default_factory=dict)
    opened: int = 0
    failed: int = 0

    def answer(self) -> dict[str, Any]:
        """The function's answer: names and numbers only."""
        return {
            "ok": not self.problems,
            "problems": self.problems,
            "tables": self.tables,
            "ciphertexts": {"opened": self.opened, "failed": self.failed},
        }


def inspect(session: pg.Connection, expected: Expected, cipher: Cipher | None, found: Found) -> None:
    """Check every table and column, also after a problem with another one."""
    _check_role(session, found)
    if not expected.tables and not expected.columns:
        found.problems.append("no table and no encrypted column is declared, so nothing was checked")
    if expected.columns and cipher is None:
        found.problems.append("columns are declared as encrypted, and no keyring is given to decrypt them")
    for table, least in expected.tables.items():
        try:
            _count(session, table, least, found)
        except pg.DatabaseError as refusal:
            found.problems.append(f"{table}: {_answered(refusal)}")
    for column in expected.columns if cipher else ():
        try:
            _decrypt(session, column, expected.sample_rows, cipher, found)
        except pg.DatabaseError as refusal:
            found.problems.append(f"{column}: {_answered(refusal)}")


def _check_role(session: pg.Connection, found: Found) -> None:
    """Refuse a role with further attributes, which nobody gives it."""
    columns = ", ".join(PRIVILEGED.values())
    [[user, *flags]] = session.run(
        f"SELECT rolname::text, {columns} FROM pg_roles WHERE rolname = current_user"
    ) or [[""]]
    more = [attribute for attribute, has in zip(PRIVILEGED, flags, strict=True) if has]
    if more:
        found.problems.append(f"{user} has {', '.join(more)}: it needs a login and SELECT only")


def _count(session: pg.Connection, table: str, least: int, found: Found) -> None:
    rows = (session.run(f"SELECT count(*) FROM {_named(table)}") or [[0]])[0][0]
    found.tables[table] = rows
    if rows < least:
        has = f"has {rows} rows" if rows else "is empty"
        found.problems.append(f"{table} {has}: at least {least} are expected")


def _decrypt(session: pg.Connection, column: Column, rows: int, cipher: Cipher | None, found: Found) -> None:
    """Decrypt the values at both ends of the key, which are under the oldest and the newest keys."""
    if cipher is None:
        return
    key, value, owner = map(pg.identifier, (column.key, column.column, column.owner))
    values: dict[str, tuple[str, str | None]] = {}
    for order in ("ASC", "DESC"):
        # Sorted by the table's column: an output column of its name would be sorted as text.
        answer = session.run(
            f"SELECT t.{key}::text, t.{value}::text, t.{owner}::text FROM {_named(column.table)} AS t "
            f"WHERE t.{value} !~ '^\\s*$' ORDER BY t.{key} {order} LIMIT :rows",
            rows=(rows + 1) // 2,
        )
        values |= {row: (text, user) for row, text, user in answer or ()}
    reasons = Counter(
        reason for text, user in values.values() if (reason := _failure(text, user, column, cipher))
    )
    found.failed += reasons.total()
    found.opened += len(values) - reasons.total()
    if not values and not column.may_be_empty:
        found.problems.append(f"{column} has no encrypted value")
    for reason, count in sorted(reasons.items()):
        found.problems.append(f"{column}: {count} of {len(values)} sampled values are {_REASONS[reason]}")


def _failure(value: str, owner: str | None, column: Column, cipher: Cipher) -> str | None:
    """The reason why a value is not accepted."""
    if column.refuses_legacy and value.startswith(LEGACY):
        return "legacy"
    try:
        cipher.open(value, Cell(*column.logical, owner or ""))
    except Unreadable as problem:
        return problem.reason
    return None


def _named(table: str) -> str:
    """The quoted name of TABLE or SCHEMA.TABLE."""
    schema, _, name = table.rpartition(".")
    return f"{pg.identifier(schema or _SCHEMA)}.{pg.identifier(name)}"


def _answered(refusal: pg.DatabaseError) -> str:
    state = sqlstate(refusal)
    return f"{_ANSWERS.get(state, 'the query failed')} (SQLSTATE {state})"
