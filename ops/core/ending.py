"""However a command ends, it ends with one sentence and an exit code, never with a traceback."""

from __future__ import annotations

from collections.abc import Callable

import typer

from ops.core.exits import Exit, Stop
from settings import SettingsError


def run(command: Callable[[], Exit]) -> None:
    """Run one command; what stops it becomes its sentence and its exit code."""
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
