"""Reads at most 64 KiB from a file that only the operator can access, or from standard input."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 64 * 1024
_MODES = (0o600, 0o400)


class Refused(Exception):
    """Why an input is rejected, one line per reason; no reason quotes the input."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def read_file(path: Path) -> bytes:
    """The content of a regular file of the caller with mode 600 or 400; :class:`Refused` for any other."""
    try:
        # Checks use the open descriptor, so that the path cannot be exchanged in between.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused(f"{path}: is a symbolic link; give the path of the file itself") from None
        raise Refused(f"{path}: {os.strerror(error.errno or 0)}") from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise Refused(f"{path}: is not a regular file")
        reasons = []
        if found.st_uid != os.geteuid():
            reasons.append(f"{path}: belongs to another user")
        mode = stat.S_IMODE(found.st_mode)
        if mode not in _MODES:
            reasons.append(f"{path}: has mode {mode:o}, must be 600 or 400: chmod 600 {path}")
        if reasons:
            raise Refused(*reasons)
        with os.fdopen(handle, "rb", closefd=False) as file:
            return _limited(file, str(path))
    finally:
        os.close(handle)


def read_stream(stream: BinaryIO) -> bytes:
    """The content of standard input."""
    return _limited(stream, "standard input")


def _limited(stream: BinaryIO, what: str) -> bytes:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused(f"{what}: more than {MAX_BYTES // 1024} KiB; that is not a .env file")
    return data
