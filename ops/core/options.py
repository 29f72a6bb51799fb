"""The options that the operator's commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from settings.stack_file import stack_names


def complete_stack(typed: str) -> list[str]:
    """The stacks of the checkout whose names begin with what was typed."""
    return [name for name in stack_names() if name.startswith(typed)]


Stack = Annotated[
    str,
    typer.Option("--stack", help="The stack: reads Pulumi.<stack>.yaml.", autocompletion=complete_stack),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Profile = Annotated[
    str | None, typer.Option("--profile", help="AWS profile; the environment's when left out.")
]
Apply = Annotated[bool, typer.Option("--apply", help="Really do it; without this it is a dry run.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; needs --reason on a production stack.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why, for the record.")]
Commit = Annotated[
    bool, typer.Option("--commit", help="Commit the changed stack file at the end (git); push it yourself.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Finish the operation that stopped half-way, as its record says.")
]
AcceptOutage = Annotated[bool, typer.Option("--accept-outage", help="Go on although readers will notice.")]
