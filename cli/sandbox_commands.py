"""``strongroom preview|up``: the commands of ``python -m sandbox`` with the same options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ops.core.options import complete_stack
from settings.stack_file import ROOT

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Stack = Annotated[
    str, typer.Option("--stack", help="name of the stack: Pulumi.<stack>.yaml", autocompletion=complete_stack)
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write the whole result as JSON")]
Sarif = Annotated[
    Path | None,
    typer.Option("--sarif", metavar="FILE", help="write the policy violations as SARIF, for code scanning"),
]
Junit = Annotated[
    Path | None,
    typer.Option(
        "--junit",
        metavar="FILE",
        help="write the policies as JUnit test cases, for the test reports of a pipeline",
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", help="also print outputs, advisory violations, and types emulated without moto"
    ),
]
Engine = Annotated[
    Literal["in-process", "pulumi"] | None,
    typer.Option(
        "--engine",
        help="what runs the program (default: the engine of the kept sandbox, else in-process)",
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config-file",
        metavar="FILE",
        help="read the configuration from this file instead of Pulumi.<stack>.yaml",
    ),
]
Root = Annotated[Path, typer.Option("--root", hidden=True)]
Pack = Annotated[str, typer.Option("--pack", hidden=True)]


@app.command("preview")
def preview_command(
    stack: Stack,
    json: Json = None,
    sarif: Sarif = None,
    junit: Junit = None,
    verbose: Verbose = False,
    engine: Engine = None,
    config_file: ConfigFile = None,
    root: Root = ROOT,
    pack: Pack = "policies",
) -> None:
    """Show what up would change, and policy violations; change nothing."""
    # Imported here and in up_command: it loads the Pulumi SDK, which other commands do not need.
    from cli import sandbox_run

    sandbox_run.run(
        sandbox_run.cli.Options(
            "preview",
            stack,
            json=json,
            sarif=sarif,
            junit=junit,
            verbose=verbose,
            engine=engine,
            config_file=config_file,
            root=root,
            pack=pack,
        )
    )


@app.command("up")
def up_command(
    stack: Stack,
    json: Json = None,
    sarif: Sarif = None,
    junit: Junit = None,
    verbose: Verbose = False,
    keep: Annotated[bool, typer.Option("--keep", help="serve the emulated AWS until Ctrl-C")] = False,
    port: Annotated[int, typer.Option("--port", help="loopback port for --keep (default: any free one)")] = 0,
    postgres: Annotated[
        str | None,
        typer.Option(
            "--postgres",
            metavar="DSN",
            help="PostgreSQL server for the rotation function: DSN of its superuser (password: PGPASSWORD)",
        ),
    ] = None,
    engine: Engine = None,
    no_verify: Annotated[bool, typer.Option("--no-verify", help="skip the live checks at the end")] = False,
    config_file: ConfigFile = None,
    root: Root = ROOT,
    pack: Pack = "policies",
) -> None:
    """Create or update the stack in an emulated AWS, verify it, write its page."""
    from cli import sandbox_run

    sandbox_run.run(
        sandbox_run.cli.Options(
            "up",
            stack,
            json=json,
            sarif=sarif,
            junit=junit,
            verbose=verbose,
            config_file=config_file,
            root=root,
            pack=pack,
            engine=engine,
            keep=keep,
            port=port,
            postgres=postgres,
            no_verify=no_verify,
        )
    )
