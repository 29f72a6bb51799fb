"""Three writers, one of which has the old key only: they append marks, and change the owners of rows."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random

import psycopg
from psycopg import sql

from encryption_keys import Cipher
from tests.drill.tables import Table
from tests.ops.reencrypt.rows import RING, alone
from tests.ops.reencrypt.writers import WriterThreads

MARK = b"+"
WRITERS = 3
HELD_S = 0.002
"""How long a transaction stays open after its change, so that a page has to wait for it."""
PAUSE_S = 0.002
BEHIND = 0.01
"""Share of re-encrypted rows that the writer with the old key rewrites, until a pass finds none."""

Row = tuple[Table, str]
_OLD, _NEW = alone(1), Cipher(RING)


class Writers(WriterThreads):
    """Each writer changes rows of its own, so that no writer can overwrite another's update."""

    def __init__(
        self, connect: Callable[[], psycopg.Connection], keys: Mapping[Table, Sequence[str]]
    ) -> None:
        self._connect = connect
        self.marks: Counter[Row] = Counter()
        """How often each row was appended to."""
        self.kinds: Counter[str] = Counter()
        """How often a writer made each kind of change."""
        self.moves = 0
        """How often a row got a new owner, with a value encrypted for that owner, or with its old value."""
        self.errors: list[str] = []
        self.stop, self.stop_straggler = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(
                target=self._write,
                args=({table: some[n::WRITERS] for table, some in keys.items()}, n == 0, Random(n)),
            )
            for n in range(WRITERS)
        ]

    @property
    def writes(self) -> int:
        """The number of committed changes."""
        return self.kinds.total()

    def _write(self, keys: Mapping[Table, Sequence[str]], straggler: bool, random: Random) -> None:
        try:
            with self._connect() as connection:
                while not self.stop.is_set():
                    table = random.choice(list(keys))
                    behind = BEHIND if straggler and not self.stop_straggler.is_set() else 0.0
                    self._change(connection, (table, random.choice(keys[table])), behind, random)
                    time.sleep(PAUSE_S)
        except Exception as problem:
            self.errors.append(repr(problem))

    def _change(self, connection: psycopg.Connection, row: Row, behind: float, random: Random) -> None:
        table, key = row
        names = {
            **dict(zip(("key", "owner", "value"), table.columns, strict=True)),
            "table": table.relation,
        }
        read = sql.SQL("SELECT {owner}::text, {value} FROM {table} WHERE {key} = %s FOR UPDATE")
        write = sql.SQL("UPDATE {table} SET {owner} = %s, {value} = %s WHERE {key} = %s")
        with connection.transaction():
            owner, value = connection.execute(read.format(**names), [key]).fetchone() or ("", "")
            new_owner = str(uuid.uuid4()) if random.random() < 0.5 else owner
            if value.startswith("ENC:") and random.random() < 0.5:
                # An ``ENC:`` value is not bound to its owner, so it stays valid for another one.
                kind, stored, new_owner = "owner alone", value, str(uuid.uuid4())
            else:
                text = _NEW.open(value, table.target.cell(owner)).plaintext + MARK
                old = behind > 0 and (value.startswith("ENC:") or random.random() < behind)
                kind = "old key" if old else "new key"
                cell = table.target.cell(new_owner)
                stored = _OLD.seal_legacy(text) if old else _NEW.seal(text, cell)
            connection.execute(write.format(**names), [new_owner, stored, key])
            time.sleep(HELD_S)
        self.marks[row] += kind != "owner alone"
        self.kinds[kind] += 1
        self.moves += new_owner != owner
