"""The options that the operator's commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Stack = Annotated[str, typer.Option("--stack", help="The stack: reads Pulumi.<stack>.yaml.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Profile = Annotated[
    str | None, typer.Option("--profile", help="AWS profile; the environment's when left out.")
]
Apply = Annotated[bool, typer.Option("--apply", help="Really do it; without this it is a dry run.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; needs --reason on a production stack.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why, for the record.")]
AcceptOutage = Annotated[bool, typer.Option("--accept-outage", help="Go on although readers will notice.")]
