"""Verifies that the current key decrypts every value, and records the result."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection, sql

from encryption_keys import LEGACY, Cipher, Ring, Unreadable
from ops.core.exits import Exit, Stop
from ops.reencrypt.catalog.columns import inspect
from ops.reencrypt.catalog.undeclared import Undeclared, undeclared
from ops.reencrypt.page import LEGACY_REFUSED, Bounds, Poison, Row, read_page
from ops.reencrypt.plan import Plan
from ops.reencrypt.progress import Boundary, OnStep, Step, ignore_step
from ops.reencrypt.records.encryptions import check_generation
from ops.reencrypt.records.marker import check_marker, write_marker
from ops.reencrypt.records.ranges import divide
from ops.reencrypt.records.tables import create_tables
from ops.reencrypt.records.verifications import record
from ops.reencrypt.session import Database, refusals
from ops.reencrypt.target import Column, Target
from ops.reencrypt.workers.tally import KEPT_POISON


@dataclass
class Count:
    """The values of one column, counted by key and by format."""

    target: Target
    total: int = 0
    by_key: Counter[str] = field(default_factory=Counter)
    """The number of values by kid."""
    legacy: int = 0
    """Values in the ``ENC:`` format, which is not bound to its row, under any key."""
    old: int = 0
    plain: int = 0
    poison_count: int = 0
    poison: list[Poison] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether all encrypted values are under the current key, and there is at least one."""
        return self.old == 0 and self.poison_count == 0 and not self.proves_nothing

    @property
    def encrypted(self) -> int:
        """Values that a key of the ring decrypts."""
        return self.by_key.total()

    @property
    def proves_nothing(self) -> bool:
        """Whether no value was decrypted, in a column that is not declared ``mayBeEmpty``."""
        return self.encrypted == 0 and not self.target.may_be_empty

    def add(self, other: Count) -> None:
        """Add the counts of another range."""
        self.total += other.total
        self.by_key += other.by_key
        self.legacy += other.legacy
        self.old += other.old
        self.plain += other.plain
        self.poison_count += other.poison_count
        self.poison += other.poison[: KEPT_POISON - len(self.poison)]

    def judge(self, row: Row, only: Cipher, whole: Cipher) -> None:
        """Count one row; ``only`` has the current key, ``whole`` the whole keyring."""
        key, owner, value = row
        if value is None:
            return
        cell = self.target.cell(owner or "")
        try:
            if self.target.envelope == "enc2-only" and value.startswith(LEGACY):
                self._poisoned(key, LEGACY_REFUSED)
                return
            opened = only.open(value, cell)
        except Unreadable as problem:
            if problem.reason == "plain":
                self.plain += bool(value.strip())
                return
            try:
                opened = whole.open(value, cell)
            except Unreadable as problem:
                self._poisoned(key, problem.reason)
                return
            self.old += 1
        self.by_key[opened.kid] += 1
        self.legacy += opened.format == "ENC"

    def _poisoned(self, key: str, reason: str) -> None:
        self.poison_count += 1
        if len(self.poison) < KEPT_POISON:
            self.poison.append(Poison(key, reason))


@dataclass(frozen=True)
class Verification:
    """The counts of the declared columns, and the undeclared columns with encrypted values."""

    counts: list[Count]
    undeclared: list[Undeclared]

    @property
    def clean(self) -> bool:
        """Whether every declared column is clean, and no undeclared column has encrypted values."""
        return not self.undeclared and all(count.clean for count in self.counts)


@dataclass(frozen=True)
class Scan:
    """One verification of all columns."""

    database: Database
    ring: Ring
    plan: Plan
    record: bool = True
    """False for a dry run, which records nothing."""
    on_step: OnStep = ignore_step
    stop: threading.Event = field(default_factory=threading.Event)
    boundary: Boundary = lambda _: None

    def __call__(self) -> Verification:
        """Read and count all values."""
        inventory = self.plan.inventory
        with refusals(), closing(self.database.first()) as home:
            check_marker(home, inventory.identity)
            check_generation(home, inventory.secret, self.ring)
            columns = [inspect(home, target) for target in self.plan.targets]
            if self.record:
                create_tables(home)
                self.boundary("tables created")
                write_marker(home, inventory.identity)
                self.boundary("marker written")
            started = home.execute("SELECT clock_timestamp()").fetchone() or (None,)
            beside = undeclared(home, inventory.declared)
            found = Verification([self._count(home, some) for some in columns], beside)
            self.boundary("values counted")
        if self.record:
            # On a new session: the first one may have been lost since.
            self.database.persistently(lambda connection: self._remember(connection, found, started[0]))
            self.boundary("verification recorded")
        return found

    def _count(self, home: Connection[Any], columns: list[Column]) -> Count:
        total = Count(columns[0].target)
        with ThreadPoolExecutor(self.plan.workers, thread_name_prefix="verify") as pool:
            futures = [
                pool.submit(self._range, column, bounds)
                for column in columns
                for bounds in divide(home, column, self.plan.workers)
            ]
            try:
                for future in futures:
                    total.add(future.result())
            except BaseException as problem:
                self.stop.set()
                if isinstance(problem, KeyboardInterrupt):
                    raise Stop(Exit.INTERRUPTED, "interrupted: nothing was changed") from None
                raise
        return total

    def _remember(self, connection: Connection[Any], found: Verification, started: Any) -> None:
        with connection.transaction():
            # Also flushes all pages that were written before.
            connection.execute("SET LOCAL synchronous_commit = on")
            for one in found.counts:
                numbers = [one.total, one.encrypted, one.old, one.poison_count, len(found.undeclared)]
                record(connection, one.target, self.ring.current.kid, started, numbers)

    def _range(self, column: Column, bounds: Bounds) -> Count:
        only, whole = Cipher(self.ring.only_current()), Cipher(self.ring)
        count, above = Count(column.target), bounds.above

        def read(connection: Connection[Any]) -> None:
            nonlocal above
            while not self.stop.is_set():
                rows = read_page(
                    connection,
                    column,
                    Bounds(above, bounds.upto),
                    sql.SQL("true"),
                    rows=self.plan.page_rows,
                    size=self.plan.bytes_per_worker,
                )
                if not rows:
                    return
                for row in rows:
                    count.judge(row, only, whole)
                count.total += len(rows)
                above = rows[-1][0]
                self.on_step(Step(column, 0, len(rows), 0))

        self.database.persistently(read)
        return count
