"""Finds the engine's processes below another one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def engine_processes(parent: int) -> list[int]:
    """Process ids of ``pulumi`` among the descendants of a process."""
    found, waiting = [], [parent]
    while waiting:
        for child in _children(waiting.pop()):
            waiting.append(child)
            with suppress(OSError):
                if Path(f"/proc/{child}/comm").read_text().strip() == "pulumi":
                    found.append(child)
    return found


def _children(parent: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for path in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, path.read_text().split())
    return found
