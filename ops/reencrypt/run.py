"""Re-encrypts every value with the current key; a new run after an interruption skips rows that are done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import Connection

from encryption_keys import Ring
from ops.core.exits import Exit, Stop
from ops.reencrypt.catalog.columns import inspect
from ops.reencrypt.pace import Pace
from ops.reencrypt.page import Poison
from ops.reencrypt.plan import Plan
from ops.reencrypt.progress import Boundary, OnStep, ignore_step
from ops.reencrypt.records.encryptions import budget_warnings, check_generation, count_encryptions
from ops.reencrypt.records.marker import check_marker, write_marker
from ops.reencrypt.records.ranges import presence
from ops.reencrypt.records.tables import create_tables
from ops.reencrypt.session import APPLICATION_NAME, LOST, Database, refusals
from ops.reencrypt.target import Column, Target
from ops.reencrypt.workers.pool import Control, Pool, started
from ops.reencrypt.workers.tally import KEPT_POISON, Tally

MAX_PASSES: Final = 50
IDLE_PASSES: Final = 5
"""Consecutive passes that found rows and could write none, after which the run ends."""
REFORMATTING_PASSES: Final = 3
"""Consecutive passes that found only the current key in the other format, which a live writer stores."""
WAIT_S: Final = 5
"""Wait before a range that another process has locked is tried again."""

_FOREIGN: Final = """
SELECT DISTINCT coalesce(usename, '?') || ' (' || coalesce(nullif(application_name, ''), 'unnamed') || ')'
FROM pg_stat_activity
WHERE datname = current_database() AND usename IS NOT NULL AND usename <> 'rdsadmin'
    AND coalesce(backend_type, 'client backend') = 'client backend' AND application_name <> %s
ORDER BY 1
"""


@dataclass
class Outcome:
    """The result for one column: rows written over all passes, and rows unreadable or rejected."""

    target: Target
    passes: int = 0
    written: int = 0
    conflicts: int = 0
    poison_count: int = 0
    poison: list[Poison] = field(default_factory=list)
    reformatted_last: int = 0
    """Rows under the current key that the last pass found in the other format."""
    warnings: list[str] = field(default_factory=list)
    """Warnings for the operator."""

    def take(self, tally: Tally) -> None:
        """Add the result of one pass."""
        self.passes += 1
        self.written += tally.written
        self.conflicts += tally.conflicts
        self.reformatted_last = tally.reformatted
        # Of the last pass only: a row may have been corrected since the pass before.
        self.poison_count, self.poison = tally.poison_count, tally.poison

    def add(self, other: Outcome) -> None:
        """Add the result of another table of the same inheritance tree."""
        self.passes = max(self.passes, other.passes)
        self.written += other.written
        self.conflicts += other.conflicts
        self.reformatted_last += other.reformatted_last
        self.poison_count += other.poison_count
        self.poison += other.poison[: KEPT_POISON - len(self.poison)]
        self.warnings += other.warnings


@dataclass(frozen=True)
class Run:
    """One re-encryption: checks first, then passes until one finds nothing to write."""

    database: Database
    ring: Ring
    plan: Plan
    on_step: OnStep = ignore_step
    stop: threading.Event = field(default_factory=threading.Event)
    sleep: Callable[[float], object] = time.sleep
    boundary: Boundary = lambda _: None

    def __call__(self) -> list[Outcome]:
        """Re-encrypt every column; :class:`Stop` where a check fails or the database reports an error."""
        inventory = self.plan.inventory
        control = Control(Pace(self.plan.rows_per_s, sleep=self.stop.wait), self.on_step, self.stop)
        with (
            # Before a session is opened, which forked workers would share.
            started(self.database, self.ring, self.plan, control) as pool,
            refusals(),
            closing(self.database.first()) as home,
        ):
            check_marker(home, inventory.identity)
            check_generation(home, inventory.secret, self.ring)
            # All columns are checked before anything is written.
            columns = [inspect(home, target, writing=True) for target in self.plan.targets]
            self.boundary("columns inspected")
            create_tables(home)
            self.boundary("tables created")
            write_marker(home, inventory.identity)
            self.boundary("marker written")
            # Recorded, so that later runs refuse a keyring in which an older key is current.
            count_encryptions(home, inventory.secret, self.ring.current, 0)
            self.boundary("key recorded")
            outcomes = [self._target(home, some, pool) for some in columns]
            self.boundary("columns done")
            pool.finish()
            self.boundary("workers ended")
            with suppress(*LOST):
                made = count_encryptions(home, inventory.secret, self.ring.current, 0)
                outcomes[-1].warnings += budget_warnings(self.ring.current, made)
        return outcomes

    def _target(self, home: Connection[Any], columns: list[Column], pool: Pool) -> Outcome:
        whole = Outcome(columns[0].target)
        for column in columns:
            whole.add(self._renew(home, column, pool))
        return whole

    def _renew(self, home: Connection[Any], column: Column, pool: Pool) -> Outcome:
        plan = self.plan
        outcome, idle, renewing, reformatting = Outcome(column.target), 0, 0, 0
        with presence(home, column, plan.parts or plan.workers) as ranges:
            while True:
                self._need_window(outcome)
                tally = pool.renew(column, ranges, outcome.passes + 1)
                outcome.take(tally)
                if self.stop.is_set():
                    raise Stop(
                        Exit.INTERRUPTED, "interrupted: rows written so far are kept, run again for the rest"
                    )
                if outcome.passes == 1 and tally.busy == len(ranges):
                    raise Stop(Exit.REFUSED, f"{column}: another re-encryption is running on it")
                if tally.found == 0 and tally.busy == 0:
                    return outcome
                if tally.found == 0:
                    # Other processes hold the remaining ranges; they are read again once those are released.
                    self.sleep(WAIT_S)
                    continue
                reformatting = 0 if tally.old or tally.busy else reformatting + 1
                if reformatting == REFORMATTING_PASSES:
                    outcome.warnings.append(_still_reformatting(column, tally))
                    return outcome
                idle = 0 if tally.written else idle + 1
                renewing += 1
                if idle == IDLE_PASSES or renewing == MAX_PASSES:
                    raise Stop(Exit.PARTLY, f"{column}: {_why_unfinished(tally)}; run again to resume")
                if idle:
                    self.sleep(1)

    def _need_window(self, outcome: Outcome) -> None:
        """Refuse ``ENC:`` mode while other sessions exist, whose application accepts only one key."""
        if not self.plan.needs_window:
            return
        others = self.database.persistently(
            lambda connection: connection.execute(_FOREIGN, [APPLICATION_NAME]).fetchall()
        )
        if others:
            code = Exit.PARTLY if outcome.passes else Exit.REFUSED
            names = ", ".join(name for (name,) in others)
            raise Stop(
                code, f"mode legacy requires a maintenance window: scale the readers to 0; connected: {names}"
            )


def _still_reformatting(column: Column, tally: Tally) -> str:
    return (
        f"{column}: {tally.reformatted} rows under the current key were in the other format again: a writer "
        "stores it; the key is the current one in all rows"
    )


def _why_unfinished(tally: Tally) -> str:
    if tally.written:
        return f"a writer still uses an old key ({tally.old} rows in the last pass)"
    return f"{tally.found} rows are locked by other sessions"
