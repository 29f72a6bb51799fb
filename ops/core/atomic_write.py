"""Replaces a file atomically: after a crash it holds the complete old text or the complete new text."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace(path: Path, text: str, *, mode: int, prefix: str) -> None:
    """Write a temporary file and rename it to ``path``; a symbolic link is replaced, not followed."""
    descriptor, temporary = tempfile.mkstemp(prefix=prefix, dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    # Without this fsync of the directory, a crash can undo the rename.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
