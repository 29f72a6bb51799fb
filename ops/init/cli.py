"""The command ``strongroom init``, which writes a stack file and changes nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops.core.exits import Exit, Stop, exit_with
from ops.init.stack_text import NewStack, Platform, render
from settings.stack_file import ROOT, other_networks, read_stack_file

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.command("init")
def init_command(
    stack: Annotated[
        str, typer.Option("--stack", help="Name of the new stack: <application>-<environment>.")
    ],
    like: Annotated[
        Platform, typer.Option("--like", help="Services on ECS Fargate, or one docker-compose host.")
    ] = "containers",
    application: Annotated[
        str | None, typer.Option(help="Name of the application, by default from the stack's name.")
    ] = None,
    region: Annotated[str, typer.Option(help="AWS region of the stack.")] = "eu-west-1",
) -> None:
    """Write a commented stack file for a new application; the sandbox accepts it as it is."""
    exit_with(lambda: init(stack, like, application=application, region=region, root=ROOT))


def init(
    stack: str,
    like: Platform,
    *,
    application: str | None = None,
    region: str = "eu-west-1",
    root: Path = ROOT,
) -> Exit:
    """Write ``Pulumi.<stack>.yaml``, which must not exist yet; an invalid one is not kept."""
    path = root / f"Pulumi.{stack}.yaml"
    try:
        new = NewStack.named(stack, application=application, region=region)
        text = render(new, like, other_networks(stack, root).values())
    except ValueError as error:
        raise Stop(Exit.BAD_INPUT, str(error)) from None
    try:
        with path.open("x") as file:
            file.write(text)
    except FileExistsError:
        raise Stop(Exit.BAD_INPUT, f"{path.name}: exists already; choose another name, or edit it") from None
    try:
        read_stack_file(stack, root)
    except BaseException:
        path.unlink()
        raise
    typer.echo(f"wrote {path.name}; next: `strongroom up --stack {stack}`, then replace its examples")
    return Exit.DONE
