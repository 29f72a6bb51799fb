"""``strongroom preview|up``: the commands of ``python -m sandbox`` with the same options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops.core.options import complete_stack
from settings.stack_file import ROOT

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Stack = Annotated[
    str, typer.Option("--stack", help="the stack: Pulumi.<stack>.yaml", autocompletion=complete_stack)
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write everything there as JSON")]
Root = Annotated[Path, typer.Option("--root", hidden=True)]
Pack = Annotated[str, typer.Option("--pack", hidden=True)]


@app.command("preview")
def preview_command(stack: Stack, json: Json = None, root: Root = ROOT, pack: Pack = "policies") -> None:
    """Say what up would do, with the policies' verdict; change nothing."""
    # Loads the Pulumi SDK, which the operator's commands need not wait for; so in up_command.
    from cli import sandbox_run

    sandbox_run.run(sandbox_run.cli.Options("preview", stack, json=json, root=root, pack=pack))


@app.command("up")
def up_command(
    stack: Stack,
    json: Json = None,
    keep: Annotated[bool, typer.Option("--keep", help="serve the emulated AWS until Ctrl-C")] = False,
    port: Annotated[int, typer.Option("--port", help="loopback port for --keep (default: any free one)")] = 0,
    postgres: Annotated[
        str | None,
        typer.Option(
            "--postgres",
            metavar="DSN",
            help="let the rotation function work on this server, as its superuser (password: PGPASSWORD)",
        ),
    ] = None,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="leave out the live checks at the end")
    ] = False,
    root: Root = ROOT,
    pack: Pack = "policies",
) -> None:
    """Bring the stack up in an emulated AWS, verify it, print its outputs."""
    from cli import sandbox_run

    sandbox_run.run(
        sandbox_run.cli.Options(
            "up",
            stack,
            json=json,
            root=root,
            pack=pack,
            keep=keep,
            port=port,
            postgres=postgres,
            no_verify=no_verify,
        )
    )
