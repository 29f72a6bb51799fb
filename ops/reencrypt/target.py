"""A column is rewritten only when the database's own catalog says that it is what the operator meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection, sql

from ops.core.exits import Exit, Stop

_TEXT_TYPES: Final = ("text", "character varying")

_COLUMNS: Final = """
SELECT a.attname, format_type(a.atttypid, NULL), a.attnotnull AND u.indexrelid IS NOT NULL
FROM pg_attribute a
LEFT JOIN pg_index u ON u.indrelid = a.attrelid AND u.indisunique AND u.indisvalid AND u.indpred IS NULL
    AND u.indnkeyatts = 1 AND u.indkey[0] = a.attnum
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
"""


@dataclass(frozen=True)
class Target:
    """One column of encrypted values: whose row, which column, and who owns the value."""

    table: str
    primary_key: str
    column: str
    owner: str

    @classmethod
    def parse(cls, text: str) -> Target:
        """``table:primary key:column:owner column``; the table may carry its schema."""
        parts = text.split(":")
        if len(parts) != 4 or not all(parts):
            raise Stop(Exit.BAD_INPUT, f"--target {text}: must be TABLE:PRIMARY_KEY:COLUMN:OWNER_COLUMN")
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True)
class Column:
    """A target as the catalog knows it: what statements are made of."""

    target: Target
    table: sql.Identifier
    key: sql.Identifier
    key_type: sql.SQL
    value: sql.Identifier
    owner: sql.Identifier
    estimate: int
    """About how many rows there are; 0 where the server does not know."""

    @property
    def names(self) -> dict[str, sql.Composable]:
        """The parts by name, for :meth:`psycopg.sql.SQL.format`."""
        return {
            "table": self.table,
            "key": self.key,
            "key_type": self.key_type,
            "value": self.value,
            "owner": self.owner,
        }


def inspect(connection: Connection[Any], target: Target) -> Column:
    """Look the target up; :class:`Stop` when a name is wrong or a type unfit."""
    *schema, table = target.table.split(".")
    if len(schema) > 1:
        raise Stop(Exit.BAD_INPUT, f"{target}: a table is named TABLE or SCHEMA.TABLE")
    identifier = sql.Identifier(*schema, table)
    # Quoted: to_regclass would fold or split a name that needs it.
    query = "SELECT oid, reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)"
    found = connection.execute(query, [identifier.as_string(connection)]).fetchone()
    if found is None:
        raise Stop(Exit.BAD_INPUT, f"{target}: there is no table {target.table}")
    columns = {
        name: (kind, unique) for name, kind, unique in connection.execute(_COLUMNS, found[:1]).fetchall()
    }
    for name in (target.primary_key, target.column, target.owner):
        if name not in columns:
            raise Stop(Exit.BAD_INPUT, f"{target}: {target.table} has no column {name}")
    key_type, unique = columns[target.primary_key]
    if not unique:
        raise Stop(Exit.BAD_INPUT, f"{target}: {target.primary_key} is not unique and NOT NULL by itself")
    if columns[target.column][0] not in _TEXT_TYPES:
        raise Stop(Exit.BAD_INPUT, f"{target}: {target.column} is {columns[target.column][0]}, not text")
    return Column(
        target=target,
        table=identifier,
        key=sql.Identifier(target.primary_key),
        # From the catalog, where the server itself has quoted it.
        key_type=sql.SQL(key_type),
        value=sql.Identifier(target.column),
        owner=sql.Identifier(target.owner),
        estimate=max(0, found[1]),
    )
