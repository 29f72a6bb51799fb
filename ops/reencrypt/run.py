"""Every value ends under the current key; the data is the checkpoint, so a killed run is simply run again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from psycopg import Connection

from encryption_keys import Cipher, NotReadBack, Ring
from ops.core.exits import Exit, Stop
from ops.reencrypt.pace import Pace
from ops.reencrypt.page import Bounds, Work
from ops.reencrypt.plan import Plan
from ops.reencrypt.progress import Step, Tell, silent
from ops.reencrypt.ranges import hold, make_home, presence
from ops.reencrypt.session import APPLICATION_NAME, BUSY, Database, refusals
from ops.reencrypt.tally import Outcome, Tally
from ops.reencrypt.target import Column, inspect

MAX_PASSES: Final = 50
IDLE_PASSES: Final = 5
"""Passes in a row that found rows and could write none, before the run says so and ends."""
WAIT_S: Final = 5
"""Between looks at a range that another process holds."""

_FOREIGN: Final = """
SELECT DISTINCT coalesce(usename, '?') || ' (' || coalesce(nullif(application_name, ''), 'unnamed') || ')'
FROM pg_stat_activity
WHERE datname = current_database() AND usename IS NOT NULL AND usename <> 'rdsadmin'
    AND coalesce(backend_type, 'client backend') = 'client backend' AND application_name <> %s
ORDER BY 1
"""


@dataclass(frozen=True)
class Run:
    """One re-encryption, from the interlocks to the pass that finds nothing."""

    database: Database
    ring: Ring
    plan: Plan
    tell: Tell = silent
    stop: threading.Event = field(default_factory=threading.Event)
    sleep: Callable[[float], object] = time.sleep

    def __call__(self) -> list[Outcome]:
        """Renew every column; :class:`Stop` where an interlock or the database holds it back."""
        pace = Pace(self.plan.rows_per_s, sleep=self.stop.wait)
        with refusals(), closing(self.database.first()) as home:
            make_home(home)
            columns = [inspect(home, target) for target in self.plan.targets]
            return [self._renew(home, column, pace) for column in columns]

    def _renew(self, home: Connection[Any], column: Column, pace: Pace) -> Outcome:
        work = Work(
            column=column,
            cipher=Cipher(self.ring),
            form="ENC2" if self.plan.mode == "enc2" else "ENC",
            encrypt_plaintext=self.plan.encrypt_plaintext,
            page_rows=self.plan.page_rows,
        )
        outcome, idle, renewing = Outcome(column.target), 0, 0
        with presence(home, column, self.plan.parts or self.plan.workers) as ranges:
            while True:
                self._need_window(outcome)
                outcome.passes += 1
                tally = self._pass(work, ranges, outcome.passes, pace)
                outcome.written += tally.written
                outcome.conflicts += tally.conflicts
                # Of the last pass only: a row may have been mended meanwhile.
                outcome.poison_count, outcome.poison = tally.poison_count, tally.poison
                if self.stop.is_set():
                    raise Stop(
                        Exit.INTERRUPTED, "interrupted: what is written is written, rerun for the rest"
                    )
                if outcome.passes == 1 and tally.busy == len(ranges):
                    raise Stop(Exit.REFUSED, f"{column.target}: another re-encryption is at work on it")
                if tally.found == 0 and tally.busy == 0:
                    return outcome
                if tally.found == 0:
                    # Other processes are at work on the rest; it is looked over when they let go of it.
                    self.sleep(WAIT_S)
                    continue
                idle = 0 if tally.written else idle + 1
                renewing += 1
                if idle == IDLE_PASSES or renewing == MAX_PASSES:
                    raise Stop(Exit.PARTLY, f"{column.target}: {_why_unfinished(tally)}; rerun to resume")
                if idle:
                    self.sleep(1)

    def _need_window(self, outcome: Outcome) -> None:
        """Today's application takes one key only: nobody may read or write while rows change theirs."""
        if self.plan.mode == "enc2":
            return
        others = self.database.persistently(
            lambda connection: connection.execute(_FOREIGN, [APPLICATION_NAME]).fetchall()
        )
        if others:
            code = Exit.PARTLY if outcome.passes else Exit.REFUSED
            names = ", ".join(name for (name,) in others)
            raise Stop(code, f"mode legacy needs a window: scale the readers to 0; still connected: {names}")

    def _pass(self, work: Work, ranges: Iterable[Bounds], number: int, pace: Pace) -> Tally:
        """Every range once, over all workers."""
        queue, total, lock = iter(list(ranges)), Tally(), threading.Lock()

        def pages() -> Iterator[_Part]:
            while not self.stop.is_set():
                with lock:
                    bounds = next(queue, None)
                if bounds is None:
                    return
                yield _Part(number, bounds, bounds.above)

        def worker() -> None:
            for part in pages():
                tally = self.database.persistently(partial(self._range, work=work, part=part, pace=pace))
                with lock:
                    total.add(tally)

        with ThreadPoolExecutor(self.plan.workers, thread_name_prefix="reencrypt") as pool:
            futures = [pool.submit(worker) for _ in range(self.plan.workers)]
            try:
                for future in futures:
                    future.result()
            except BaseException as problem:
                # The others end after their page, and nothing is half written.
                self.stop.set()
                if isinstance(problem, KeyboardInterrupt):
                    raise Stop(Exit.INTERRUPTED, "interrupted: rerun for the rest") from None
                if isinstance(problem, NotReadBack):
                    raise Stop(
                        Exit.FINDING, f"{work.column.target}: {problem}; nothing of its page was written"
                    ) from None
                raise
        return total

    def _range(self, connection: Connection[Any], *, work: Work, part: _Part, pace: Pace) -> Tally:
        """One range to its end; called again after a lost connection, it goes on where it was."""
        with hold(connection, work.column.target, part.bounds) as held:
            if self.plan.locked and not held:
                part.tally.busy += 1
                return part.tally
            while not self.stop.is_set():
                rows = work.read(connection, Bounds(part.above, part.bounds.upto))
                if not rows:
                    break
                renewed = work.renew(rows)
                try:
                    written = work.write(connection, renewed)
                except BUSY:
                    written = 0  # all of them are found again by the next pass
                page = Tally(len(rows), len(renewed.keys), written, 0, len(renewed.poison), renewed.poison)
                part.tally.add(page)
                part.above = rows[-1][0]
                self.tell(Step(work.column, part.number, page.seen, page.written))
                pace.spend(written)
                if len(rows) < work.page_rows:
                    break
        return part.tally


@dataclass
class _Part:
    """How far one worker has come in one range."""

    number: int
    bounds: Bounds
    above: str | None
    tally: Tally = field(default_factory=Tally)


def _why_unfinished(tally: Tally) -> str:
    if tally.written:
        return f"rows under an old key keep coming ({tally.found} in the last pass): a writer still uses it"
    return f"{tally.found} rows are held by other sessions"
