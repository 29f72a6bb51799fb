"""Searches for encrypted values in columns that no stack file declares, such as copies and history tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, LiteralString, NamedTuple

import psycopg
from psycopg import Connection, sql

from ops.reencrypt.target import Target

SAMPLED_BLOCKS: Final = 2000
"""Blocks that are sampled per table: a table of at most 16 MB is read whole."""

# Columns of all text types, JSON, XML, bytea and arrays of text, in every table and materialized view;
# partitions and inheriting tables are listed separately. Not temporary tables, which other sessions cannot
# read.
_COLUMNS: Final = """
SELECT c.oid, n.nspname, c.relname, a.attname,
    CASE WHEN ty.typcategory = 'S' THEN 'text' WHEN ty.typname = 'bytea' THEN 'bytes' ELSE 'within' END,
    coalesce(pg_relation_size(c.oid) / 8192, 0)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type ty ON ty.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_type el ON el.oid = ty.typelem AND ty.typcategory = 'A'
WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema', 'strongroom')
    AND (ty.typcategory = 'S' OR el.typcategory = 'S'
        OR ty.typname IN ('bytea', 'json', 'jsonb', 'xml', 'hstore'))
ORDER BY n.nspname, c.relname, a.attnum
"""
# A declared table and its descendants, whose columns have the same names.
_COVERED: Final = """
WITH RECURSIVE tree(oid) AS (
    SELECT to_regclass(%s)::oid UNION SELECT inhrelid FROM pg_inherits JOIN tree ON inhparent = tree.oid
)
SELECT oid FROM tree WHERE oid IS NOT NULL
"""
# Only the beginning of a value is read. It must look like base64, because ordinary text may begin with `ENC:`
# too.
_LOOKS_SEALED: Final[dict[str, LiteralString]] = {
    "text": "substr(t.{column}::text, 1, 24) ~ '^ENC2?:[A-Za-z0-9+/=:]{{16}}'",
    "bytes": "substr(t.{column}, 1, 4) = 'ENC:'::bytea OR substr(t.{column}, 1, 5) = 'ENC2:'::bytea",
    "within": "t.{column}::text ~ 'ENC2?:[A-Za-z0-9+/=:\\\\]{{16}}'",
}


@dataclass(frozen=True)
class Undeclared:
    """An undeclared column with encrypted values, or a table that cannot be read."""

    column: str
    problem: str
    remedy: str = "declare it in encryptedColumns, or remove the values, and verify again"

    def __str__(self) -> str:
        return f"{self.column}: {self.problem}; {self.remedy}"


class _Candidate(NamedTuple):
    oid: int
    schema: str
    table: str
    column: str
    kind: str
    blocks: int


def undeclared(connection: Connection[Any], declared: Iterable[Target]) -> list[Undeclared]:
    """Every column with values that look encrypted, except the declared ones."""
    covered = {(oid, target.column) for target in declared for oid in _tables(connection, target.table)}
    tables: dict[int, list[_Candidate]] = defaultdict(list)
    for row in connection.execute(_COLUMNS).fetchall():
        one = _Candidate(*row)
        if (one.oid, one.column) not in covered:
            tables[one.oid].append(one)
    return [found for some in tables.values() for found in _look(connection, some)]


def _tables(connection: Connection[Any], table: str) -> list[int]:
    name = sql.Identifier(*table.split(".")).as_string(None)
    return [oid for (oid,) in connection.execute(_COVERED, [name]).fetchall()]


def _look(connection: Connection[Any], columns: list[_Candidate]) -> list[Undeclared]:
    """Sample all columns of one table with one query."""
    first = columns[0]
    share = min(100.0, 100.0 * SAMPLED_BLOCKS / max(1, first.blocks))
    found = sql.SQL(", ").join(
        sql.SQL("bool_or({})").format(
            sql.SQL(_LOOKS_SEALED[one.kind]).format(column=sql.Identifier(one.column))
        )
        for one in columns
    )
    # Inheriting tables are sampled separately.
    statement = sql.SQL("SELECT {} FROM ONLY {} AS t TABLESAMPLE SYSTEM ({})").format(
        found, sql.Identifier(first.schema, first.table), sql.Literal(share)
    )
    where = f"{first.schema}.{first.table}"
    try:
        answers = connection.execute(statement).fetchone() or ()
    except psycopg.Error as problem:
        if connection.closed:
            raise
        denied = isinstance(problem, psycopg.errors.InsufficientPrivilege)
        remedy = "allow the role to read all of its rows" if denied else "run it again"
        return [Undeclared(where, f"could not be read (SQLSTATE {problem.sqlstate})", remedy)]
    return [
        Undeclared(f"{where}.{one.column}", "holds values that look encrypted and is not declared")
        for one, answer in zip(columns, answers, strict=True)
        if answer
    ]
