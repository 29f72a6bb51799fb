"""Runs one re-encryption in a process of its own, which reports the rows written after every page.

``DSN=... python -m tests.drill.runner [--unlocked] < ring``; exits as ``ops reencrypt`` does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from encryption_keys import Ring
from ops.core.exits import Stop
from ops.reencrypt.progress import Step
from ops.reencrypt.run import Run
from ops.reencrypt.session import Database
from settings.stack_file import ROOT
from tests.drill.tables import TARGETS
from tests.ops.reencrypt.rows import document, plan

PAGE_ROWS, PARTS = 100, 8
RETRIES_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""More attempts than in production, because the drill terminates sessions again and again."""


@dataclass
class Runner:
    """A running re-encryption process, and its reports so far."""

    process: subprocess.Popen[str]
    heard: Callable[[], None]
    pages: list[int] = field(default_factory=list)
    conflicts: int = 0
    said: list[str] = field(default_factory=list)
    listener: threading.Thread = field(init=False, repr=False)
    _closed: bool = False

    def __post_init__(self) -> None:
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()

    @classmethod
    def start(cls, dsn: str, heard: Callable[[], None], *, locked: bool) -> Runner:
        """Start a process; ``heard`` is called for every report and at the end."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.drill.runner", *([] if locked else ["--unlocked"])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=os.environ | {"DSN": dsn},
        )
        assert process.stdin is not None
        process.stdin.write(document())
        process.stdin.close()
        return cls(process, heard)

    @property
    def ended(self) -> bool:
        """Whether the process and its workers have ended, and all reports were read."""
        return self._closed

    @property
    def written(self) -> int:
        """The rows that it has written."""
        return sum(self.pages)

    def end(self) -> int:
        """Wait until it has ended; return its exit code."""
        self.process.wait()
        self.listener.join()
        return self.process.returncode

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            try:
                found = json.loads(line)
                self.pages.append(found["written"])
                self.conflicts += found.get("conflicts", 0)
            except (ValueError, TypeError, KeyError):
                self.said.append(line)
            self.heard()
        self._closed = True
        self.heard()


def main() -> int:
    """Re-encrypt all four tables once."""
    locked = "--unlocked" not in sys.argv
    shared = plan(targets=TARGETS, workers=2, parts=PARTS, page_rows=PAGE_ROWS, locked=locked)
    database = Database(os.environ["DSN"], delays_s=RETRIES_S)

    def tell(step: Step) -> None:
        print(json.dumps({"written": step.written}), flush=True)

    def wait(seconds: float) -> None:
        time.sleep(min(seconds, 0.05))

    try:
        outcomes = Run(database, Ring.load(sys.stdin.read()), shared, on_step=tell, sleep=wait)()
    except Stop as stop:
        print(stop)
        return stop.code
    conflicts = sum(one.conflicts for one in outcomes)
    print(json.dumps({"written": 0, "conflicts": conflicts}), flush=True)
    for one in outcomes:
        for row in one.poison:
            print(f"{one.target}: {row.reason}: row {row.key}")
    return any(one.poison_count for one in outcomes)


if __name__ == "__main__":
    sys.exit(main())
