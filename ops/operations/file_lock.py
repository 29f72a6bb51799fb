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
    """Hold a lock on the folder of ``path``; :class:`Stop` (refused) where another command holds it.

    The folder is locked, not the file: the file is replaced by a new one when it is written, and a lock stays
    with the old one. The lock ends with the process, however that ends.
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
