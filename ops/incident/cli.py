"""The command ``ops incident``: a dry run without --apply; running it again continues."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from ops.core.consent import Consent
from ops.core.context import StackContext, run
from ops.core.exits import Exit, exit_with
from ops.core.options import AcceptOutage, Apply, Commit, Json, Profile, Reason, Stack, Yes
from ops.core.updater import handed_in
from ops.incident import run as work
from ops.reads import report

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.command("incident")
def incident_command(
    context: typer.Context,
    stack: Stack,
    as_json: Json = False,
    profile: Profile = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
    accept_outage: AcceptOutage = False,
    commit: Commit = False,
    again: Annotated[
        bool, typer.Option("--again", help="Replace everything again within a day of the last incident.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Start of the listed reads: 24h, 7d, or a date and time (UTC)."),
    ] = None,
) -> None:
    """Replace every secret after a suspected breach; run it again to continue."""
    consent = Consent(apply=apply, yes=yes, reason=reason)

    def command() -> Exit:
        start = None if since is None else report.moment(since, datetime.now(UTC))

        def incident(context: StackContext, write: bool) -> Exit:
            how = work.How(
                write=write,
                accept_outage=accept_outage,
                again=again,
                commit=commit,
                since=start,
            )
            return work.incident(context, how)

        return run(stack, profile, consent, incident, as_json=as_json, find_update=handed_in(context))

    exit_with(command)
