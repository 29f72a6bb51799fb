"""Runs a worker in a process of its own, which ends after its page when its parent process has ended."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection as Channel
from multiprocessing.process import BaseProcess
from typing import Final

from encryption_keys import Ring
from ops.core.exits import Exit, Stop
from ops.reencrypt.page import Bounds
from ops.reencrypt.plan import Plan
from ops.reencrypt.session import Database
from ops.reencrypt.target import Column
from ops.reencrypt.workers.tally import Tally
from ops.reencrypt.workers.worker import PageDone, Worker

START: Final = "fork" if sys.platform == "linux" else "spawn"
"""A forked process shares the parent's memory, so no key goes through a pipe; on macOS forking is unsafe."""

Task = tuple[Column, Bounds]
ENDED: Final = (EOFError, ConnectionError)
"""Raised where the process at the other end of a channel has ended."""


@dataclass(frozen=True)
class WorkerProcess:
    """A running worker, and the parent's end of the channel to it."""

    process: BaseProcess
    channel: Channel

    @classmethod
    def start(
        cls, database: Database, ring: Ring, plan: Plan, others: Sequence[WorkerProcess]
    ) -> WorkerProcess:
        """Start a worker, before this process has threads or database sessions, which a fork would share."""
        context = get_context(START)
        ours, theirs = context.Pipe()
        # A worker with a copy of the parent's end would keep the channel open after the parent has ended.
        copies = [ours, *(other.channel for other in others)] if START == "fork" else []
        process = context.Process(target=_serve, args=(theirs, database, ring, plan, copies), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours)

    def send(self, message: Task | bool) -> None:
        """Send a range, or after a page whether to go on."""
        with suppress(*ENDED):  # receive() reports that the process has ended
            self.channel.send(message)

    def receive(self) -> PageDone | Tally:
        """Receive the result of a page or a range; raises the worker's :class:`Stop`, or one if it died."""
        try:
            message = self.channel.recv()
        except ENDED:
            self.process.join()
            raise Stop(
                Exit.PARTLY,
                f"a worker ended with code {self.process.exitcode}: run again to resume; rows written "
                "are kept; -9 may be a lack of memory: reduce --workers or --page-bytes",
            ) from None
        if isinstance(message, Stop):
            raise message
        return message


def _serve(channel: Channel, database: Database, ring: Ring, plan: Plan, copies: Sequence[Channel]) -> None:
    # Ctrl-C in a terminal is sent to all processes; the parent process tells the workers when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for copy in copies:
        copy.close()
    worker = Worker(database, ring, plan)

    def go_on(page: PageDone) -> bool:
        channel.send(page)
        return bool(channel.recv())

    try:
        with suppress(*ENDED):
            while True:
                column, bounds = channel.recv()
                try:
                    channel.send(worker.renew(column, bounds, go_on))
                except Stop as stop:
                    channel.send(stop)
    finally:
        worker.finish()
