"""The installed command ``strongroom``: the commands of the sandbox and of the operator."""

from __future__ import annotations

import tomllib
from typing import Annotated

import typer

from cli import operator_commands
from cli.cost_command import app as cost_app
from cli.report_commands import app as report_app
from cli.sandbox_commands import app as sandbox_app
from settings.stack_file import ROOT

app = typer.Typer(
    name="strongroom",
    help="Create a stack in the sandbox; verify, prepare and operate a deployed one.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"obj": operator_commands.find_update},
)
for _commands in (sandbox_app, report_app, cost_app, *operator_commands.COMMANDS):
    app.add_typer(_commands)


def _print_version(wanted: bool) -> None:
    if wanted:
        # From the file: the project is not installed as a distribution.
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        typer.echo(f"{project['name']} {project['version']}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Accept the options before a command."""


def main() -> None:
    """Run the command line."""
    app()
