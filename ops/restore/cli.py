"""The command ``ops restore-drill``; without --apply it is a dry run."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.core.consent import Consent
from ops.core.context import StackContext, run
from ops.core.exits import Exit, Stop, exit_with
from ops.core.options import Apply, Json, Profile, Reason, Resume, Stack, Yes
from ops.restore import drill as work
from ops.restore.recovery_points import LATEST

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.command("restore-drill")
def restore_drill_command(
    stack: Stack,
    wanted: Annotated[
        str,
        typer.Option(
            "--from",
            help="What to restore: latest, the ARN of a recovery point, a snapshot, or a time (UTC).",
        ),
    ] = LATEST,
    keep: Annotated[
        bool, typer.Option("--keep", help="Stop before the copy is deleted; --resume deletes it.")
    ] = False,
    resume: Resume = False,
    abort: Annotated[bool, typer.Option("--abort", help="End a drill: delete its copy.")] = False,
    as_json: Json = False,
    profile: Profile = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
) -> None:
    """Restore a backup of the database into an isolated copy, check it, delete it, record the result."""
    consent = Consent(apply=apply, yes=yes, reason=reason)

    def drill(context: StackContext, write: bool) -> Exit:
        how = work.How(write=write, wanted=wanted, keep=keep, resume=resume, abort=abort)
        return work.restore_drill(context, how)

    def command() -> Exit:
        if (resume or abort) and wanted != LATEST:
            raise Stop(
                Exit.BAD_INPUT, "--from: --resume and --abort continue with the backup in the record; omit it"
            )
        return run(stack, profile, consent, drill, as_json=as_json)

    exit_with(command)
