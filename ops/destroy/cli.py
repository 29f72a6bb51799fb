"""The command ``ops destroy``."""

from __future__ import annotations

import typer

from ops.core.consent import Consent
from ops.core.context import StackContext, run
from ops.core.exits import Exit, exit_with
from ops.core.options import Apply, Json, Profile, Reason, Resume, Stack, Yes
from ops.core.updater import handed_in
from ops.destroy import destroy as work

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.command("destroy")
def destroy_command(
    context: typer.Context,
    stack: Stack,
    resume: Resume = False,
    as_json: Json = False,
    profile: Profile = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
) -> None:
    """Delete every resource of a stack that is not a production stack."""
    consent = Consent(apply=apply, yes=yes, reason=reason, confirm=f"this deletes every resource of {stack}")

    def destroy(context: StackContext, write: bool) -> Exit:
        return work.destroy(context, work.How(write=write, resume=resume))

    exit_with(lambda: run(stack, profile, consent, destroy, as_json=as_json, find_update=handed_in(context)))
