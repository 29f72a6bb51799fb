"""The rotation commands; without --apply each is a dry run."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.core.consent import Consent
from ops.core.context import StackContext, run
from ops.core.exits import Exit, exit_with
from ops.core.options import AcceptOutage, Apply, Commit, Json, Profile, Reason, Resume, Stack, Yes
from ops.core.session import connect
from ops.core.updater import handed_in
from ops.reencrypt import sources
from ops.reencrypt.records.marker import check_host
from ops.reencrypt.session import Database
from ops.rotation import ages
from ops.rotation import repoint as address
from ops.rotation import retire as retirement
from ops.rotation import rotate as rotation

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Name = Annotated[str, typer.Argument(help="The secret's key in the stack file, or its name in the store.")]


@app.command("due")
def due_command(stack: Stack, as_json: Json = False, profile: Profile = None) -> None:
    """List secrets that are older than their rotateEvery."""
    exit_with(lambda: run(stack, profile, Consent(), lambda context, _: ages.due(context), as_json=as_json))


@app.command("rotate")
def rotate_command(
    context: typer.Context,
    name: Name,
    stack: Stack,
    as_json: Json = False,
    profile: Profile = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
    compromised: Annotated[
        bool, typer.Option("--compromised", help="The current and the next generation may have leaked.")
    ] = False,
    accept_outage: AcceptOutage = False,
    resume: Resume = False,
    commit: Commit = False,
    abort: Annotated[bool, typer.Option("--abort", help="Undo an unfinished database rotation.")] = False,
) -> None:
    """Replace a secret's value: edit the stack file, update, restart readers, verify."""
    consent = Consent(apply=apply, yes=yes, reason=reason)

    def work(context: StackContext, write: bool) -> Exit:
        how = rotation.How(
            write=write,
            compromised=compromised,
            accept_outage=accept_outage,
            resume=resume,
            abort=abort,
            commit=commit,
        )
        return rotation.rotate(context, name, how)

    exit_with(lambda: run(stack, profile, consent, work, as_json=as_json, find_update=handed_in(context)))


@app.command("repoint")
def repoint_command(
    name: Name,
    stack: Stack,
    resume: Resume = False,
    as_json: Json = False,
    profile: Profile = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
) -> None:
    """Set the host of the database URL to the stack's instance, after a restore."""
    consent = Consent(apply=apply, yes=yes, reason=reason)

    def work(context: StackContext, write: bool) -> Exit:
        return address.repoint(context, name, write=write, resume=resume)

    exit_with(lambda: run(stack, profile, consent, work, as_json=as_json))


@app.command("retire")
def retire_command(
    context: typer.Context,
    name: Name,
    stack: Stack,
    database: Annotated[str, typer.Option(help=f"The database's URL: {sources.FORMS}.")] = "env:DATABASE_URL",
    token_minutes: Annotated[
        int | None, typer.Option(help="Longest validity in minutes of tokens that the old key signed.", min=1)
    ] = None,
    without_backups: Annotated[
        bool,
        typer.Option(
            "--without-backups", help="Accept that encrypted columns in older backups become unreadable."
        ),
    ] = False,
    resume: Resume = False,
    commit: Commit = False,
    as_json: Json = False,
    profile: Profile = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
) -> None:
    """Remove the generations before the current one from the key ring."""
    consent = Consent(apply=apply, yes=yes, reason=reason)

    def work(context: StackContext, write: bool) -> Exit:
        how = retirement.How(
            write=write,
            connect=lambda: _database(database, context, profile).first(),
            token_minutes=token_minutes,
            without_backups=without_backups,
            resume=resume,
            commit=commit,
        )
        return retirement.retire(context, name, how)

    exit_with(lambda: run(stack, profile, consent, work, as_json=as_json, find_update=handed_in(context)))


def _database(source: str, context: StackContext, profile: str | None) -> Database:
    database = Database(_url(source, context, profile))
    check_host(database.host, context.settings, context.session)
    return database


def _url(source: str, context: StackContext, profile: str | None) -> str:
    return sources.read("--database", source, lambda: connect(context.stack, context.settings, profile))
