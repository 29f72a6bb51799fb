"""Locks a stack file against other commands on the same machine while it is read, changed and written."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.core.exits import Exit, Stop


@contextmanager
def stack_file_lock(path: Path) -> Iterator[None]:
    """Lock the folder of ``path``; :class:`Stop` (refused) where another command holds the lock.

    The folder is locked, not the file: writing replaces the file by a new one, and a lock would stay on
    the old one. The lock is released when the process ends, even if it is killed.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(
                Exit.REFUSED,
                f"another command is changing a stack file in {path.parent.name}/: wait until it has ended",
            ) from None
        yield
    finally:
        os.close(folder)
