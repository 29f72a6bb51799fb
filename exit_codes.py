"""The exit codes of every command: those of the operator, the sandbox, and the modules that pipelines run."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of all commands."""

    DONE = 0
    """Done, and no finding."""
    FINDING = 1
    """A finding, or a failure."""
    BAD_INPUT = 2
    """Bad input: an option, a name or the stack file."""
    REFUSED = 3
    """A safety check failed; nothing was changed."""
    PARTLY = 4
    """Partly done; run the command again, with `--resume` where it has that option."""
    UNREACHABLE = 5
    """An AWS service did not respond or denied access."""
    INTERRUPTED = 130
    """Interrupted; it is safe to run the command again."""
