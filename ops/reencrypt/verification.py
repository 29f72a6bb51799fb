"""A verification reads every value with the current key alone, and remembers that it did."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import Connection, sql

from encryption_keys import BUDGET, BUDGET_WARNING, Cell, Cipher, Ring, Unreadable
from ops.core.exits import Exit, Stop
from ops.reencrypt.page import Bounds, Poison, Row, read_page
from ops.reencrypt.plan import Plan
from ops.reencrypt.progress import Step, Tell, silent
from ops.reencrypt.ranges import divide, make_home
from ops.reencrypt.session import Database, refusals
from ops.reencrypt.tally import KEPT_POISON
from ops.reencrypt.target import Column, Target, inspect

_RECORD: Final = """
INSERT INTO strongroom.reencrypt_verification (target, kid, total, old, poison, started)
VALUES (%s, %s, %s, %s, %s, %s)
"""


@dataclass
class Count:
    """What one column holds: how many values under which key, and the rest."""

    target: Target
    total: int = 0
    by_key: Counter[str] = field(default_factory=Counter)
    """``kid format`` -> values."""
    old: int = 0
    plain: int = 0
    poison_count: int = 0
    poison: list[Poison] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether the current key alone reads all that is encrypted."""
        return self.old == 0 and self.poison_count == 0

    @property
    def warnings(self) -> list[str]:
        """What the operator should know although nothing failed."""
        most = max(self.by_key.values(), default=0)
        return [f"{self.target}: {most} values under one key, of {BUDGET}"] if most >= BUDGET_WARNING else []

    def add(self, other: Count) -> None:
        """Sum up what two workers read."""
        self.total += other.total
        self.by_key += other.by_key
        self.old += other.old
        self.plain += other.plain
        self.poison_count += other.poison_count
        self.poison += other.poison[: KEPT_POISON - len(self.poison)]


@dataclass(frozen=True)
class Survey:
    """One verification of all columns."""

    database: Database
    ring: Ring
    plan: Plan
    record: bool = True
    """Off for a dry run, which leaves no trace."""
    tell: Tell = silent
    stop: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> list[Count]:
        """Read everything."""
        with refusals(), closing(self.database.first()) as home:
            if self.record:
                make_home(home)
            columns = [inspect(home, target) for target in self.plan.targets]
            return [self._count(home, column) for column in columns]

    def _count(self, home: Connection[Any], column: Column) -> Count:
        started = home.execute("SELECT clock_timestamp()").fetchone()
        ranges = divide(home, column, self.plan.workers)
        total = Count(column.target)
        with ThreadPoolExecutor(self.plan.workers, thread_name_prefix="verify") as pool:
            futures = [pool.submit(self._range, column, bounds) for bounds in ranges]
            try:
                for future in futures:
                    total.add(future.result())
            except BaseException as problem:
                self.stop.set()
                if isinstance(problem, KeyboardInterrupt):
                    raise Stop(Exit.INTERRUPTED, "interrupted: nothing was changed") from None
                raise
        if self.record:
            # On a session of its own: this one may have been lost meanwhile.
            self.database.persistently(lambda connection: self._remember(connection, total, started))
        return total

    def _remember(self, connection: Connection[Any], count: Count, started: Any) -> None:
        with connection.transaction():
            # With it every page that was written before reaches the disk.
            connection.execute("SET LOCAL synchronous_commit = on")
            values = [str(count.target), self.ring.current.kid, count.total, count.old, count.poison_count]
            connection.execute(_RECORD, [*values, *(started or [])])

    def _range(self, column: Column, bounds: Bounds) -> Count:
        only, whole = Cipher(self.ring.only_current()), Cipher(self.ring)
        count, above = Count(column.target), bounds.above

        def read(connection: Connection[Any]) -> None:
            nonlocal above
            while not self.stop.is_set():
                here = Bounds(above, bounds.upto)
                rows = read_page(connection, column, here, sql.SQL("true"), self.plan.page_rows)
                for row in rows:
                    _judge(row, column.target, only, whole, count)
                count.total += len(rows)
                self.tell(Step(column, 0, len(rows), 0))
                if len(rows) < self.plan.page_rows:
                    return
                above = rows[-1][0]

        self.database.persistently(read)
        return count


def _judge(row: Row, target: Target, only: Cipher, whole: Cipher, count: Count) -> None:
    key, owner, value = row
    if value is None:
        return
    cell = Cell(target.table, target.column, owner or "")
    try:
        opened = only.open(value, cell)
    except Unreadable as problem:
        if problem.reason == "plain":
            count.plain += bool(value.strip())
            return
        try:
            opened = whole.open(value, cell)
        except Unreadable as problem:
            count.poison_count += 1
            if len(count.poison) < KEPT_POISON:
                count.poison.append(Poison(key, problem.reason))
            return
        count.old += 1
    count.by_key[f"{opened.kid} {opened.format}"] += 1
