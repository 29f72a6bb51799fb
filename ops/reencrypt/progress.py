"""Reports progress: a bar on a terminal, one JSON line per second elsewhere; values are never shown."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ops.reencrypt.target import Column

LINE_EVERY_S: Final = 1.0


@dataclass(frozen=True)
class Step:
    """Progress of one page of one pass over a column; pass 0 is a verification."""

    column: Column
    number: int
    seen: int
    written: int


OnStep = Callable[[Step], None]
Boundary = Callable[[str], None]
"""Called with a name between two side effects; tests end the run there."""
"""Called after every page, by any worker."""


def ignore_step(step: Step) -> None:
    """Report nothing."""


@contextmanager
def reporting(stream: TextIO = sys.stderr) -> Iterator[OnStep]:
    """Report to ``stream``: bars on a terminal, JSON lines otherwise."""
    if stream.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        bars = Progress(
            *columns, TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), console=Console(file=stream)
        )
        try:
            yield _Bars(bars)
        finally:
            bars.stop()
    else:
        lines = _Lines(stream)
        yield lines
        lines.flush()


def _title(step: Step) -> str:
    return f"{step.column} {f'pass {step.number}' if step.number else 'verify'}"


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._written: dict[str, int] = {}
        self._lock = threading.Lock()

    def __call__(self, step: Step) -> None:
        title = _title(step)
        with self._lock:
            # Started with the first step: its thread must not exist before the worker processes are forked.
            self._bars.start()
            if title not in self._tasks:
                self._tasks[title] = self._bars.add_task(title, total=step.column.estimate or None, rate="")
            task = self._tasks[title]
            self._written[title] = self._written.get(title, 0) + step.written
            rate = f"{self._written[title]} written" if step.number else ""
            self._bars.update(task, advance=step.seen, rate=rate)


class _Lines:
    """Adds up pages and writes one line per second."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._began = self._last = time.monotonic()
        self._title = ""
        self._seen = self._written = 0

    def __call__(self, step: Step) -> None:
        with self._lock:
            if _title(step) != self._title:
                self._flush()
                self._title, self._seen, self._written = _title(step), 0, 0
                self._began = time.monotonic()
            self._seen += step.seen
            self._written += step.written
            if time.monotonic() - self._last >= LINE_EVERY_S:
                self._flush()

    def flush(self) -> None:
        """Write the last line."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        if not self._title:
            return
        self._last = time.monotonic()
        rate = self._seen / max(self._last - self._began, 1e-9)
        line = {
            "progress": self._title,
            "seen": self._seen,
            "written": self._written,
            "rowsPerSecond": round(rate),
        }
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()
