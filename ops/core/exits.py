"""Ends every command with a code that a script can act on, and one sentence where it stops early."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import typer

from settings import SettingsError


class Exit(IntEnum):
    """What the exit code of a command means."""

    DONE = 0
    """Done, and no finding."""
    FINDING = 1
    """A finding, or a failure."""
    BAD_INPUT = 2
    """Bad input: an option, a name or the stack file."""
    REFUSED = 3
    """Refused by an interlock; nothing was changed."""
    PARTLY = 4
    """Partly done; run the command again, with `--resume` where it has that option."""
    UNREACHABLE = 5
    """A service did not answer, or denied the call."""
    INTERRUPTED = 130
    """Interrupted; it is safe to run the command again."""


class Stop(Exception):
    """Ends the command with ``code`` and one sentence; never carries a value of a secret."""

    def __init__(self, code: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code

    def __reduce__(self) -> tuple[type[Stop], tuple[Exit, str]]:
        """A worker process hands it over to the one that started it."""
        return Stop, (self.code, str(self))


def exit_with(command: Callable[[], Exit]) -> None:
    """Run one command; what stops it becomes its sentence and its exit code, never a traceback."""
    try:
        code = command()
    except SettingsError as error:
        code = _stopped(Exit.BAD_INPUT, str(error))
    except Stop as stop:
        code = _stopped(stop.code, str(stop))
    except (KeyboardInterrupt, typer.Abort):
        code = _stopped(Exit.INTERRUPTED, "interrupted: rerun to go on from here")
    raise typer.Exit(code)


def _stopped(code: Exit, sentence: str) -> Exit:
    typer.secho(sentence, err=True, fg="red")
    return code
