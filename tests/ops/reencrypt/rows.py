"""A table of real ciphertexts, and the keys to read it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import psycopg
from psycopg import sql

from encryption_keys import Cell, Cipher, Ring, Status, Unreadable, derive_key, kid, ring_document
from ops.reencrypt.plan import Mode, Plan
from ops.reencrypt.progress import Step
from ops.reencrypt.run import Outcome, Run
from ops.reencrypt.session import Database
from ops.reencrypt.target import Identity, Inventory, Target
from tests.postgres import Postgres

DATABASE = "diary"
MOST_PAGES = 20_000
"""More than any run of a test has."""
RDS_HOST = "aiponge-rds.abcdefghijkl.eu-west-1.rds.amazonaws.com"
TABLE = "lib_entries"
TARGET = Target(TABLE, "id", "content", "user_id", envelope="enc2")
STACK = Identity("aiponge", "staging", "staging", "111122223333")
SEED = "Seed" * 16
KEYS = {g: derive_key(SEED, secret="entry-encryption-key", generation=g) for g in range(1, 5)}
OLD, NEW, NEXT, LOST = (kid(KEYS[generation]) for generation in range(1, 5))

CREATE = """
CREATE TABLE lib_entries (
    id uuid PRIMARY KEY, user_id uuid NOT NULL, content text NOT NULL, updated_at timestamptz DEFAULT now()
)
"""


def document(current: int = 2) -> str:
    """Three active generations: the previous one is still needed, the next one is published."""
    statuses: dict[int, Status] = {
        current - 1: "decrypt-only",
        current: "current",
        current + 1: "next",
    }
    return ring_document("aes-256-key", [(g, KEYS[g], status) for g, status in statuses.items() if g])


RING = Ring.load(document())


def alone(generation: int) -> Cipher:
    """A cipher with one key only."""
    return Cipher(Ring.load(ring_document("aes-256-key", [(generation, KEYS[generation], "current")])))


@dataclass
class Diary:
    """One table in a database of its own."""

    postgres: Postgres
    dsn: str = field(repr=False)
    plain: dict[uuid.UUID, bytes] = field(default_factory=dict, repr=False)
    """The text of each row."""

    @property
    def database(self) -> Database:
        return Database(self.dsn, delays_s=(0.05, 0.2, 0.5, 1.0))

    @property
    def stack_dsn(self) -> str:
        """The server under the host name that RDS gives to the stack's instance, as through a tunnel."""
        return self.dsn.replace("host=localhost", f"host={RDS_HOST}").replace("verify-full", "verify-ca")

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.dsn, autocommit=True)

    def fill(self, values: Iterable[tuple[bytes, str]]) -> list[uuid.UUID]:
        """Store (text, stored value) pairs."""
        added = []
        with self.connect() as connection, connection.cursor() as cursor:
            with cursor.copy("COPY lib_entries (id, user_id, content) FROM STDIN") as copy:
                for plaintext, stored in values:
                    added.append(uuid.uuid4())
                    self.plain[added[-1]] = plaintext
                    copy.write_row((added[-1], owner_of(added[-1]), stored))
            cursor.execute("ANALYZE lib_entries")
        return added

    def fill_legacy(self, rows: int, *, generation: int = 1, length: int = 100) -> list[uuid.UUID]:
        """Store rows in the format that the application wrote."""
        cipher = alone(generation)
        texts = ((f"entry {n} ".encode() * length)[:length] for n in range(rows))
        return self.fill((text, cipher.seal_legacy(text)) for text in texts)

    def put(self, key: uuid.UUID, stored: str) -> None:
        with self.connect() as connection:
            connection.execute("UPDATE lib_entries SET content = %s WHERE id = %s", [stored, key])

    def stored(self) -> dict[uuid.UUID, str]:
        with self.connect() as connection:
            return dict(connection.execute("SELECT id, content FROM lib_entries").fetchall())

    def by_key(self) -> Counter[str]:
        """The number of values that each key decrypts."""
        cipher, counts = Cipher(RING), Counter[str]()
        for key, value in self.stored().items():
            try:
                opened = cipher.open(value, cell(key))
            except Unreadable as problem:
                counts[problem.reason] += 1
            else:
                counts[f"{opened.kid} {opened.format}"] += 1
        return counts

    def says(self) -> dict[uuid.UUID, bytes]:
        """The text of every row, decrypted with the current key alone."""
        cipher = Cipher(RING.only_current())
        return {key: cipher.open(value, cell(key)).plaintext for key, value in self.stored().items()}


def owner_of(key: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, str(key))


def cell(key: uuid.UUID) -> Cell:
    return Cell(TABLE, "content", str(owner_of(key)))


def inventory(*targets: Target) -> Inventory:
    """The inventory that the stack file would declare."""
    return Inventory(STACK, "entry-encryption-key", targets, targets)


def plan(mode: Mode | None = "enc2", *, targets: tuple[Target, ...] = (TARGET,), **changes: Any) -> Plan:
    return Plan(inventory(*targets), mode, **changes)


def run(diary: Diary, mode: Mode | None = "enc2", *, ring: Ring = RING, **changes: Any) -> Outcome:
    """Run re-encryption on one column, without waits; a run that does not end fails."""
    pages = count()

    def bounded(_: Step) -> None:
        assert next(pages) < MOST_PAGES, "the run does not end"

    (outcome,) = Run(diary.database, ring, plan(mode, **changes), sleep=lambda _: None, on_step=bounded)()
    return outcome


def new_role(connection: psycopg.Connection, name: str) -> None:
    """A login with its name as password and no privileges, whatever an earlier test granted it."""
    role = sql.Identifier(name)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        connection.execute(sql.SQL("DROP OWNED BY {0} CASCADE; DROP ROLE {0}").format(role))
    connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(name)))


def new_diary(postgres: Postgres) -> Diary:
    """The database as it was created, whatever an earlier test left in it."""
    with postgres.connect() as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            admin.execute("ALTER DATABASE diary RESET ALL")
            admin.execute("ALTER DATABASE diary ALLOW_CONNECTIONS true")
            admin.execute(
                "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = 'diary'"
            )
        else:
            postgres.create_database(DATABASE)
    diary = Diary(postgres, postgres.dsn(DATABASE))
    with diary.connect() as connection:
        connection.execute('DROP SCHEMA IF EXISTS strongroom, public, "My Notes" CASCADE')
        connection.execute("CREATE SCHEMA public")
        connection.execute(CREATE)
    return diary
