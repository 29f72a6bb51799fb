"""Assigns the ranges of a column to workers, and adds up their results."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection as Channel
from multiprocessing.connection import wait
from typing import Protocol, cast

from encryption_keys import Ring
from ops.core.exits import Exit, Stop
from ops.reencrypt.pace import Pace
from ops.reencrypt.page import Bounds
from ops.reencrypt.plan import Plan
from ops.reencrypt.progress import OnStep, Step
from ops.reencrypt.session import Database
from ops.reencrypt.target import Column
from ops.reencrypt.workers.process import WorkerProcess
from ops.reencrypt.workers.tally import Tally
from ops.reencrypt.workers.worker import PageDone, Worker


@dataclass(frozen=True)
class Control:
    """The rate limit, the progress report and the stop signal, which apply after every page."""

    pace: Pace
    on_step: OnStep
    stop: threading.Event

    def go_on(self, column: Column, number: int, page: PageDone) -> bool:
        """Report one page, wait for the rate limit, and return whether the worker goes on."""
        self.on_step(Step(column, number, page.seen, page.written))
        self.pace.spend(page.written)
        return not self.stop.is_set()


class Pool(Protocol):
    """One or several workers."""

    def renew(self, column: Column, ranges: Iterable[Bounds], number: int) -> Tally:
        """Run pass ``number`` over the ranges of one column."""
        ...

    def finish(self) -> None:
        """Return unused reserved encryptions, and end the workers."""
        ...


@contextmanager
def started(database: Database, ring: Ring, plan: Plan, control: Control) -> Iterator[Pool]:
    """Start as many workers as the plan has; when the context ends, each ends after its current page."""
    pool = (Single if plan.workers == 1 else Several)(database, ring, plan, control)
    try:
        yield pool
    except KeyboardInterrupt:
        raise Stop(
            Exit.INTERRUPTED, "interrupted: rows written so far are kept, run again for the rest"
        ) from None
    finally:
        pool.finish()


class Single:
    """One worker, in this process."""

    def __init__(self, database: Database, ring: Ring, plan: Plan, control: Control) -> None:
        self._worker, self._control = Worker(database, ring, plan), control

    def renew(self, column: Column, ranges: Iterable[Bounds], number: int) -> Tally:
        """See :class:`Pool`."""
        total, go_on = Tally(), partial(self._control.go_on, column, number)
        for bounds in ranges:
            if not self._control.stop.is_set():
                total.add(self._worker.renew(column, bounds, go_on))
        return total

    def finish(self) -> None:
        """See :class:`Pool`."""
        self._worker.finish()


class Several:
    """Workers in processes of their own, because threads would share one interpreter lock."""

    def __init__(self, database: Database, ring: Ring, plan: Plan, control: Control) -> None:
        self._control = control
        self._processes: list[WorkerProcess] = []
        for _ in range(plan.workers):
            self._processes.append(WorkerProcess.start(database, ring, plan, self._processes))

    def renew(self, column: Column, ranges: Iterable[Bounds], number: int) -> Tally:
        """See :class:`Pool`."""
        waiting, total, problem = deque(ranges), Tally(), None
        idle, busy = list(self._processes), dict[Channel, WorkerProcess]()
        while True:
            while idle and waiting and not self._control.stop.is_set():
                one = idle.pop()
                one.send((column, waiting.popleft()))
                busy[one.channel] = one
            if not busy:
                break
            for channel in wait(list(busy)):
                one = busy[cast(Channel, channel)]
                try:
                    message = one.receive()
                except Stop as stop:
                    # The other workers end after their current page, which is written whole.
                    self._control.stop.set()
                    problem, message = problem or stop, Tally()
                if isinstance(message, PageDone):
                    one.send(self._control.go_on(column, number, message))
                else:
                    total.add(message)
                    idle.append(busy.pop(one.channel))
        if problem:
            raise problem
        return total

    def finish(self) -> None:
        """See :class:`Pool`."""
        for one in self._processes:
            one.channel.close()
        for one in self._processes:
            one.process.join()
