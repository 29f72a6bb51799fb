"""Interrupts a command at each of its boundaries, and runs it again from there."""

from __future__ import annotations

import gc
import os
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

Boundary = Callable[[str], None]


def killed_at_each_boundary(run: Callable[[Boundary], Any], again: Callable[[], None]) -> dict[str, str]:
    """The failures of reruns by boundary; empty where all succeeded.

    At each boundary the process is forked, with the emulated AWS in it. The copy does not continue the
    run: like a new process after a kill, it has the state in AWS and on disk, but none of the run's
    memory. ``again`` must therefore create all it needs, from files of its own, because the copies share
    one disk.
    """
    outcomes: dict[str, str] = {}
    seen: Counter[str] = Counter()

    def boundary(name: str) -> None:
        seen[name] += 1
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        outcomes[unique] = _in_a_copy(again)

    run(boundary)
    return outcomes


def _in_a_copy(work: Callable[[], None]) -> str:
    """Run this in a forked copy of the process; return the traceback of a failure."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        gc.disable()  # Garbage collection would touch, and therefore copy, every shared page of memory.
        failed = "ended before it said anything"
        try:
            work()
            failed = ""
        except BaseException:
            failed = traceback.format_exc()
        finally:
            with os.fdopen(writes, "w") as pipe:
                pipe.write(failed)
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as pipe:
        failed = pipe.read()
    _, status = os.waitpid(child, 0)
    return failed or (f"ended with status {status}" if status else "")
