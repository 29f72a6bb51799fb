"""Finds the engine's process below this one, and interrupts it."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def engine_processes() -> list[int]:
    """Process ids of ``pulumi`` among the descendants of this process."""
    found, waiting = [], [os.getpid()]
    while waiting:
        parent = waiting.pop()
        for path in Path(f"/proc/{parent}/task").glob("*/children"):
            for child in map(int, path.read_text().split()):
                waiting.append(child)
                if Path(f"/proc/{child}/comm").read_text().strip() == "pulumi":
                    found.append(child)
    return found


def interrupt_engine() -> None:
    """Send the engine what Ctrl-C sends."""
    (engine,) = engine_processes()
    os.kill(engine, signal.SIGINT)
