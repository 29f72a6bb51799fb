"""``strongroom cost``: an estimate from what the program of a stack declares."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.core.console import Screen
from ops.core.exits import Exit, Stop, exit_with
from ops.core.options import Json, complete_stack
from ops.cost import Declared, estimate, prices_of
from ops.cost.show import show
from settings.stack_file import read_stack_file

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Stack = Annotated[
    str, typer.Option("--stack", help="name of the stack: Pulumi.<stack>.yaml", autocompletion=complete_stack)
]


@app.command("cost")
def cost_command(stack: Stack, as_json: Json = False) -> None:
    """Estimate what a stack costs in a month; no AWS account is asked."""
    exit_with(lambda: cost(stack, as_json=as_json))


def cost(stack: str, *, as_json: bool) -> Exit:
    """Preview the stack in the sandbox, and price what it declares."""
    settings = read_stack_file(stack)
    prices = prices_of(settings.region)
    # Imported here: it loads the Pulumi SDK, which other commands do not need.
    from sandbox import Sandbox

    with Sandbox(stack) as sandbox:
        planned = sandbox.preview(policies=False)
    if planned.error:
        raise Stop(Exit.BAD_INPUT, planned.error)
    declared = [Declared(type=one.type, name=one.name, inputs=one.inputs) for one in planned.resources]
    return show(Screen(as_json=as_json), stack, estimate(settings, declared, prices), prices)
