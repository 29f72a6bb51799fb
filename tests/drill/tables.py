"""Creates tables of each supported structure, filled with values that Node.js encrypted."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from ops.reencrypt.target import Target
from tests.ops.reencrypt.rows import KEYS, new_role
from tests.tools import NODE

ROLE, TENANT = "drill", "drill_tenant"
"""The role that re-encrypts, which row-level security does not apply to, and one from which it hides rows."""

CREATE: Final[LiteralString] = """
CREATE TABLE entries (id uuid PRIMARY KEY, user_id uuid NOT NULL, content text NOT NULL);
ALTER TABLE entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE entries FORCE ROW LEVEL SECURITY;
CREATE POLICY half ON entries USING (id < '80000000-0000-0000-0000-000000000000');

CREATE TABLE notes (id char(26) PRIMARY KEY, author varchar(36) NOT NULL, body varchar NOT NULL);

CREATE TABLE events (id bigint PRIMARY KEY, user_id uuid NOT NULL, payload text NOT NULL)
    PARTITION BY HASH (id);
CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE events_1 PARTITION OF events FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE events_2 PARTITION OF events FOR VALUES WITH (MODULUS 3, REMAINDER 2);

CREATE TABLE documents (id int PRIMARY KEY, user_id uuid NOT NULL, content text NOT NULL);
CREATE TABLE documents_archive (PRIMARY KEY (id)) INHERITS (documents);

CREATE TABLE composite (id int, part int, user_id uuid, content text, PRIMARY KEY (id, part));
"""
_GRANT: Final = """
GRANT USAGE ON SCHEMA public TO {0}; GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO {0};
GRANT CREATE ON DATABASE {1} TO {0}
"""
# What the application does: AES-256-GCM with a random IV of 16 bytes, without associated data.
_ENCRYPT: Final = """
const {createCipheriv, randomBytes, randomUUID} = require('crypto');
const {key, table, kind, rows} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const secret = Buffer.from(key, 'base64');
const id = {
  uuid: () => randomUUID(),
  ulid: n => '01ARZ3NDEKTSV4RR' + String(n).padStart(10, '0'),
  number: n => String(n + 1),
}[kind];
const lines = [];
for (let n = 0; n < rows; n++) {
  const row = id(n), iv = randomBytes(16), cipher = createCipheriv('aes-256-gcm', secret, iv);
  const body = Buffer.concat([cipher.update(`pä🙂 ${table} ${row} `.repeat(4), 'utf8'), cipher.final()]);
  const value = 'ENC:' + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
  lines.push(`${row}\\t${randomUUID()}\\t${value}\\n`);
}
process.stdout.write(lines.join(''));
"""


@dataclass(frozen=True)
class Table:
    """One table with rows of its own."""

    name: LiteralString
    target: Target
    kind: str

    @property
    def columns(self) -> list[sql.Composable]:
        """The columns of key, owner and value."""
        one = self.target
        return [sql.Identifier(name) for name in (one.primary_key, one.owner, one.column)]

    @property
    def relation(self) -> sql.Composable:
        """The table without tables that inherit from it."""
        partitioned = self.name == "events"
        return sql.SQL("{}" if partitioned else "ONLY {}").format(sql.Identifier(self.name))

    def says(self, key: str) -> bytes:
        """The text that the application wrote into a row."""
        return f"pä🙂 {self.name} {key} ".encode() * 4


ENTRIES = Target("entries", "id", "content", "user_id", envelope="enc2")
NOTES = Target("notes", "id", "body", "author", ("lib_notes", "text"), envelope="enc2")
EVENTS = Target("events", "id", "payload", "user_id", envelope="enc2")
DOCUMENTS = Target("documents", "id", "content", "user_id", envelope="enc2")
COMPOSITE = Target("composite", "id", "content", "user_id", envelope="enc2")
TARGETS = (ENTRIES, NOTES, EVENTS, DOCUMENTS)
TABLES = (
    Table("entries", ENTRIES, "uuid"),
    Table("notes", NOTES, "ulid"),
    Table("events", EVENTS, "number"),
    Table("documents", DOCUMENTS, "number"),
    # With the same keys as its parent.
    Table("documents_archive", DOCUMENTS, "number"),
)


def create(connection: psycopg.Connection, database: str, rows: int) -> dict[Table, list[str]]:
    """Create all tables, with a quarter of the rows each; return the keys of each table."""
    connection.execute(CREATE)
    for role in (ROLE, TENANT):
        new_role(connection, role)
        connection.execute(sql.SQL(_GRANT).format(sql.Identifier(role), sql.Identifier(database)))
    connection.execute(sql.SQL("ALTER ROLE {} BYPASSRLS").format(sql.Identifier(ROLE)))
    shares = {"documents": rows // 8, "documents_archive": rows // 8}
    return {table: _fill(connection, table, shares.get(table.name, rows // 4)) for table in TABLES}


def read(connection: psycopg.Connection, table: Table) -> Iterator[tuple[str, str, str]]:
    """Key, owner and value of every row."""
    query = sql.SQL("SELECT {}::text, {}::text, {} FROM {}").format(*table.columns, table.relation)
    yield from connection.execute(query)


def _fill(connection: psycopg.Connection, table: Table, rows: int) -> list[str]:
    task = json.dumps({"key": KEYS[1], "table": table.name, "kind": table.kind, "rows": rows})
    made = subprocess.run([NODE, "-e", _ENCRYPT], input=task.encode(), capture_output=True, check=True).stdout
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(table.columns)
    )
    with connection.cursor().copy(copy) as sink:
        sink.write(made)
    connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))
    return [line.partition(b"\t")[0].decode() for line in made.splitlines()]
