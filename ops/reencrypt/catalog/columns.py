"""Reads the declared columns from the system catalog, and refuses tables without a unique key."""

from __future__ import annotations

from typing import Any, Final, LiteralString, NamedTuple

from psycopg import Connection, sql

from ops.core.exits import Exit, Stop
from ops.reencrypt.target import Column, Target

_TEXT_TYPES: Final = ("text", "character varying")

# The table and its descendants: partitions, or tables that inherit from it.
_TREE: Final = """
WITH RECURSIVE tree(oid) AS (
    SELECT to_regclass(%s)::oid UNION SELECT inhrelid FROM pg_inherits JOIN tree ON inhparent = tree.oid
)
SELECT c.oid, n.nspname, c.relname, c.relkind::text, greatest(c.reltuples, 0)::bigint
FROM tree JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY c.oid <> to_regclass(%s), n.nspname, c.relname
"""
# format_type with the type modifier: without it, char(26) would be char(1) and truncate values.
_COLUMNS: Final = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, NULL),
    a.attnotnull AND EXISTS (
        SELECT FROM pg_index u WHERE u.indrelid = a.attrelid AND u.indisunique AND u.indisvalid
        AND u.indpred IS NULL AND u.indnkeyatts = 1 AND u.indkey[0] = a.attnum
    ),
    (SELECT u.indnkeyatts FROM pg_index u WHERE u.indrelid = a.attrelid AND u.indisprimary
        AND a.attnum = ANY (u.indkey)),
    has_column_privilege(a.attrelid, a.attnum, 'SELECT'), has_column_privilege(a.attrelid, a.attnum, 'UPDATE')
FROM pg_attribute a WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
"""
_HIDDEN: Final = "SELECT row_security_active(%s::oid)"


class Relation(NamedTuple):
    """A table in the system catalog."""

    oid: int
    schema: str
    table: str
    kind: str
    rows: int

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}"


class Attribute(NamedTuple):
    """A column in the system catalog."""

    name: str
    full_type: LiteralString
    type: str
    unique: bool
    in_primary_key_of: int | None
    readable: bool
    writable: bool


def inspect(connection: Connection[Any], target: Target, *, writing: bool = False) -> list[Column]:
    """The columns of a target: one, or one for each table of an inheritance tree.

    :class:`Stop` for an unknown name, a type other than text, rows that row-level security hides, or a
    key that is not unique.
    """
    *schema, table = target.table.split(".")
    if len(schema) > 1:
        raise Stop(Exit.BAD_INPUT, f"{target}: a table is named TABLE or SCHEMA.TABLE")
    # Quoted, because to_regclass folds unquoted names to lower case and splits them at dots.
    name = sql.Identifier(*schema, table).as_string(None)
    tree = [Relation(*row) for row in connection.execute(_TREE, [name, name]).fetchall()]
    if not tree:
        raise Stop(Exit.BAD_INPUT, f"{target}: there is no table {target.table}")
    for relation in tree:
        if relation.kind not in ("r", "p"):
            raise Stop(Exit.BAD_INPUT, f"{target}: {relation} is not an ordinary or partitioned table")
    if tree[0].kind == "p":
        # The key of a partitioned table is unique over all partitions: it is read as one table, because rows
        # may move between partitions.
        return [_column(connection, target, str(target), tree[0], tree, writing=writing)]
    # Tables that inherit share no index, so two of them may contain the same key: each is read separately.
    names = [str(target), *(f"{target} in {one}" for one in tree[1:])]
    return [
        _column(connection, target, where, one, [one], writing=writing)
        for where, one in zip(names, tree, strict=True)
    ]


def _column(
    connection: Connection[Any],
    target: Target,
    where: str,
    relation: Relation,
    held: list[Relation],
    *,
    writing: bool,
) -> Column:
    if connection.execute(_HIDDEN, [relation.oid]).fetchone() != (False,):
        user = connection.info.user
        raise Stop(
            Exit.REFUSED,
            f"{where}: row-level security hides rows of {relation} from {user}; run as a role that it does "
            "not apply to (BYPASSRLS, or the table's owner without FORCE ROW LEVEL SECURITY)",
        )
    rows = connection.execute(_COLUMNS, [relation.oid]).fetchall()
    columns = {one.name: one for one in (Attribute(*row) for row in rows)}
    for name in (target.primary_key, target.column, target.owner):
        if name not in columns:
            raise Stop(Exit.BAD_INPUT, f"{where}: {relation.table} has no column {name}")
        if not columns[name].readable:
            _lacks(connection, where, "SELECT", relation, name)
    if writing and not columns[target.column].writable:
        _lacks(connection, where, "UPDATE", relation, target.column)
    _check_key(where, relation, columns[target.primary_key])
    if columns[target.column].type not in _TEXT_TYPES:
        raise Stop(Exit.BAD_INPUT, f"{where}: {target.column} is {columns[target.column].type}, not text")
    identifier = sql.Identifier(relation.schema, relation.table)
    return Column(
        target=target,
        name=where,
        table=identifier if relation.kind == "p" else sql.SQL("ONLY {}").format(identifier),
        key=sql.Identifier(target.primary_key),
        # The server's own spelling of the type, which needs no quoting.
        key_type=sql.SQL(columns[target.primary_key].full_type),
        value=sql.Identifier(target.column),
        owner=sql.Identifier(target.owner),
        relations=tuple(one.oid for one in held),
        estimate=sum(one.rows for one in held if one.kind == "r"),
    )


def _check_key(where: str, relation: Relation, key: Attribute) -> None:
    if key.unique:
        return
    if (key.in_primary_key_of or 0) > 1:
        raise Stop(
            Exit.BAD_INPUT,
            f"{where}: {key.name} is one of {key.in_primary_key_of} columns of {relation}'s primary key; a "
            "composite key is not supported: declare a column that is unique and NOT NULL by itself",
        )
    raise Stop(
        Exit.BAD_INPUT,
        f"{where}: {key.name} is not unique and NOT NULL by itself in {relation}; declare a column that is, "
        "or create a unique index on it",
    )


def _lacks(connection: Connection[Any], where: str, right: str, relation: Relation, column: str) -> None:
    raise Stop(
        Exit.REFUSED, f"{where}: {connection.info.user} lacks {right} on {relation}.{column}: grant it"
    )
