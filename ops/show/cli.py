"""The command ``ops show``; it changes nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.core.consent import Consent
from ops.core.context import run
from ops.core.exits import Exit, exit_with
from ops.core.options import Json, Profile, Stack
from ops.show import show

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Service = Annotated[str | None, typer.Argument(help="A service or tool of the stack file, or host.")]


@app.command("show")
def show_command(
    stack: Stack, service: Service = None, as_json: Json = False, profile: Profile = None
) -> None:
    """Show what runs: image, tasks, secrets by name, log group, URL and alarms."""

    def work() -> Exit:
        return run(
            stack, profile, Consent(), lambda context, _: show.command(context, service), as_json=as_json
        )

    exit_with(work)
