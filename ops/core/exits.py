"""Every command ends with a code that a script can act on, and one sentence where it stops early."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code of a command means."""

    DONE = 0
    FINDING = 1
    BAD_INPUT = 2
    REFUSED = 3
    """An interlock held it back; nothing was changed."""
    PARTLY = 4
    """Rerun to resume."""
    UNREACHABLE = 5
    """A service did not answer, or denied."""
    INTERRUPTED = 130


class Stop(Exception):
    """Ends the command with ``code`` and one sentence; never carries a value of a secret."""

    def __init__(self, code: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
