"""One worker in a process of its own, which ends after its page when the process that started it is gone."""

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
"""A fork shares our memory, and no key goes through a pipe; after a fork macOS's own libraries may crash."""

Task = tuple[Column, Bounds]
ENDED: Final = (EOFError, ConnectionError)
"""The process at the other end of a channel is gone."""


@dataclass(frozen=True)
class WorkerProcess:
    """A running worker, and our end of the channel to it."""

    process: BaseProcess
    channel: Channel

    @classmethod
    def start(
        cls, database: Database, ring: Ring, plan: Plan, others: Sequence[WorkerProcess]
    ) -> WorkerProcess:
        """Start it before this process has threads, and sessions of the database that a fork would share."""
        context = get_context(START)
        ours, theirs = context.Pipe()
        # A copy of our end in a worker would hide from the others that we are gone.
        copies = [ours, *(other.channel for other in others)] if START == "fork" else []
        process = context.Process(target=_serve, args=(theirs, database, ring, plan, copies), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours)

    def send(self, message: Task | bool) -> None:
        """Give it a range, or say after a page whether it may go on."""
        with suppress(*ENDED):  # receive() says so
            self.channel.send(message)

    def receive(self) -> PageDone | Tally:
        """What a page or a whole range did; its :class:`Stop`, or ours where it died."""
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
    # The terminal's Ctrl-C goes to all processes: the one that started us says when to end.
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
