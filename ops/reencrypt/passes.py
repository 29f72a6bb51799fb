"""One pass over one column: every range of its key space once, by several workers."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from psycopg import Connection

from encryption_keys import NotReadBack
from ops.core.exits import Exit, Stop
from ops.reencrypt.pace import Pace
from ops.reencrypt.page import Bounds, Poison, Renewed, Work
from ops.reencrypt.progress import OnStep, Step
from ops.reencrypt.records.encryptions import Encryptions
from ops.reencrypt.records.ranges import hold
from ops.reencrypt.session import BUSY, Database
from ops.reencrypt.write import Written, write_page

KEPT_POISON: Final = 10_000
"""Rows that a report names one by one; beyond it only counts, so that memory stays flat."""


@dataclass
class Tally:
    """What a pass did to one column."""

    found: int = 0
    """Rows to write that the database did not refuse."""
    reformatted: int = 0
    """Of them those under the current key already, in the other format."""
    written: int = 0
    busy: int = 0
    """Ranges that another process holds."""
    poison_count: int = 0
    poison: list[Poison] = field(default_factory=list)

    @classmethod
    def of_page(cls, page: Renewed, written: Written) -> Tally:
        """What one page adds."""
        poison = page.poison + written.refused
        found = len(page.keys) - len(written.refused)
        return cls(found, min(page.reformatted, found), written.rows, 0, len(poison), poison)

    @property
    def conflicts(self) -> int:
        """Rows that somebody else changed, or held, between our reading and our writing."""
        return self.found - self.written

    @property
    def old(self) -> int:
        """Rows that were under another key, or plain text."""
        return self.found - self.reformatted

    def add(self, other: Tally) -> None:
        """Sum up what two workers did."""
        self.found += other.found
        self.reformatted += other.reformatted
        self.written += other.written
        self.busy += other.busy
        self.poison_count += other.poison_count
        self.poison += other.poison[: KEPT_POISON - len(self.poison)]


@dataclass
class Part:
    """How far one worker has come in one range."""

    bounds: Bounds
    above: str | None
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True)
class Passes:
    """Works on one column with as many sessions as there are workers."""

    database: Database
    work: Work
    encryptions: Encryptions
    workers: int
    pace: Pace
    on_step: OnStep
    stop: threading.Event
    locked: bool = True

    def run(self, ranges: Iterable[Bounds], number: int) -> Tally:
        """One pass; its number is for the report of progress."""
        queue, total, lock = iter(list(ranges)), Tally(), threading.Lock()

        def parts() -> Iterator[Part]:
            while not self.stop.is_set():
                with lock:
                    bounds = next(queue, None)
                if bounds is None:
                    return
                yield Part(bounds, bounds.above)

        def worker() -> None:
            for part in parts():
                tally = self.database.persistently(partial(self._range, part=part, number=number))
                with lock:
                    total.add(tally)

        with ThreadPoolExecutor(self.workers, thread_name_prefix="reencrypt") as pool:
            futures = [pool.submit(worker) for _ in range(self.workers)]
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
                        Exit.FINDING, f"{self.work.column}: {problem}; nothing of its page was written"
                    ) from None
                raise
        return total

    def _range(self, connection: Connection[Any], *, part: Part, number: int) -> Tally:
        """One range to its end; called again after a lost connection, it goes on where it was."""
        work = self.work
        with hold(connection, work.column, part.bounds) as held:
            if self.locked and not held:
                part.tally.busy += 1
                return part.tally
            while not self.stop.is_set():
                rows = work.read(connection, Bounds(part.above, part.bounds.upto))
                if not rows:
                    break
                candidates = sum(value is not None for _, _, value in rows)
                self.encryptions.reserve(connection, candidates)
                renewed = work.renew(rows)
                self._refuse_newer(renewed)
                try:
                    written = write_page(connection, work.column, renewed)
                except BUSY:
                    written = Written(0, [])  # all of them are found again by the next pass
                page = Tally.of_page(renewed, written)
                self.encryptions.return_unused(candidates - len(renewed.keys))
                part.tally.add(page)
                part.above = rows[-1][0]
                self.on_step(Step(work.column, number, len(rows), page.written))
                self.pace.spend(page.written)
        return part.tally

    def _refuse_newer(self, page: Renewed) -> None:
        """Rows under a newer key say that the ring is out of date: nothing may go back to its current key."""
        if not page.newer:
            return
        keys = {key.kid: key.generation for key in self.work.ring.keys}
        named = ", ".join(f"{kid} (generation {keys[kid]})" for kid in page.newer)
        current = self.work.ring.current
        raise Stop(
            Exit.REFUSED,
            f"{self.work.column}: rows lie under {named}, newer than {current.kid} (generation "
            f"{current.generation}), which is current in this ring: the ring is out of date; give the one in "
            "the store. No row of this page was written",
        )
