"""The command ``ops reads``; it changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from emulation_limits import READS, emulated
from ops.core.consent import Consent
from ops.core.context import run
from ops.core.exits import Exit, Stop, exit_with
from ops.core.options import Json, Profile, Stack
from ops.reads import report

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Since = Annotated[str, typer.Option("--since", help="Start: 24h, 7d, or a date and time (UTC).")]


@app.command("reads")
def reads_command(stack: Stack, since: Since = "24h", as_json: Json = False, profile: Profile = None) -> None:
    """List who read which secret, from CloudTrail's event history."""

    def work() -> Exit:
        if emulated():
            raise Stop(Exit.UNREACHABLE, READS)
        start = report.moment(since, datetime.now(UTC))
        return run(
            stack, profile, Consent(), lambda context, _: report.command(context, start), as_json=as_json
        )

    exit_with(work)
