"""The exit codes of all commands, and the exception that ends a command with a code and a message."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import typer

from settings import SettingsError


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


class Stop(Exception):
    """Ends the command with ``code`` and a message, which never contains a secret value."""

    def __init__(self, code: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code

    def __reduce__(self) -> tuple[type[Stop], tuple[Exit, str]]:
        """Pickle support: a worker process sends it to its parent."""
        return Stop, (self.code, str(self))


def exit_with(command: Callable[[], Exit]) -> None:
    """Run one command and exit with its code; an expected error is printed without a traceback."""
    try:
        code = command()
    except SettingsError as error:
        code = _stopped(Exit.BAD_INPUT, str(error))
    except Stop as stop:
        code = _stopped(stop.code, str(stop))
    except (KeyboardInterrupt, typer.Abort):
        code = _stopped(Exit.INTERRUPTED, "interrupted: run the command again to continue")
    raise typer.Exit(code)


def _stopped(code: Exit, sentence: str) -> Exit:
    typer.secho(sentence, err=True, fg="red")
    return code
