"""The command line options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from settings.stack_file import stack_names


def complete_stack(typed: str) -> list[str]:
    """The stacks of the checkout whose names start with ``typed``."""
    return [name for name in stack_names() if name.startswith(typed)]


Stack = Annotated[
    str,
    typer.Option(
        "--stack",
        help="The stack, declared in Pulumi.<stack>.yaml.",
        autocompletion=complete_stack,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Profile = Annotated[
    str | None, typer.Option("--profile", help="AWS profile (default: the one of the environment).")
]
Apply = Annotated[bool, typer.Option("--apply", help="Make the changes; without it a dry run.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not prompt; requires --reason on a production stack.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Reason, stored in the operation record.")]
Commit = Annotated[
    bool, typer.Option("--commit", help="Commit the changed stack file at the end (git); push it yourself.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Finish the interrupted operation from its operation record.")
]
AcceptOutage = Annotated[
    bool, typer.Option("--accept-outage", help="Continue even if readers are interrupted.")
]
