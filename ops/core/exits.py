"""The exception that ends a command with an exit code and a message, and what prints it."""

from __future__ import annotations

import os
from collections.abc import Callable

import typer

from exit_codes import Exit
from settings import SettingsError

__all__ = ["Exit", "Stop", "exit_with"]


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
    # https://no-color.org: click colours a terminal whatever the variable says.
    typer.echo(sentence if os.environ.get("NO_COLOR") else typer.style(sentence, fg="red"), err=True)
    return code
