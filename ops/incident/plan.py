"""Lists the items that an incident replaces, and prints them in a dry run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ops.core.context import StackContext
from ops.core.exits import Exit
from ops.incident import database_passwords, external_secrets, rotate_generated, sessions
from ops.incident.items import just_finished, secret_item
from ops.operations import Record, records
from ops.rotation.rotate import from_outside, outage
from ops.rotation.steps import Step


def expected(context: StackContext) -> Iterator[str]:
    """The names of all items, in order."""
    own = sessions.own_role(context)
    yield from (sessions.item(role) for role in sessions.roles(context.settings) if role not in own)
    yield from map(secret_item, (*rotate_generated.keys(context), *database_passwords.keys(context)))
    if database_passwords.has_master(context):
        yield database_passwords.MASTER
    yield from map(secret_item, external_secrets.keys(context.settings))


def outages(context: StackContext) -> list[str]:
    """One message for each secret whose rotation interrupts readers."""
    told = (outage(key, context.settings.secrets[key]) for key in rotate_generated.keys(context))
    return [one for one in told if one]


def show_plan(context: StackContext, found: Record | None, objections: Sequence[str]) -> Exit:
    """Print what a run would do and which readers it would interrupt, or why it would be refused."""
    record = found if found is not None and found.kind == "incident" else None
    names = list(expected(context))
    left = [name for name in names if record is None or not record.done(name)]
    if record is not None:
        context.say(
            f"continues the incident of {record.started}, begun by {record.operator} "
            f"({records(context).where}): {len(names) - len(left)} of {len(names)} are done"
        )
    for name in left:
        context.say(f"would replace: {name}" if "sessions" not in name else f"would end: {name}", "yellow")
    steps = [step.says for key in rotate_generated.keys(context) for step in _plan(context, record, key)]
    for says in steps:
        context.say(f"  {says}")
    for key in external_secrets.keys(context.settings):
        context.say(f"to do by hand: {from_outside(context, key, context.settings.secrets[key])}", "yellow")
    external_secrets.say_github(context)
    noticed = outages(context)
    for one in noticed:
        context.say(f"interrupts readers: {one}", "red")
    busy = [records(context).busy(found)] if found is not None and record is None else []
    refused = [*busy, *objections]
    for one in refused:
        context.say(f"would be refused: {one}", "red")
    again = record is None and just_finished(context, datetime.now(UTC)) is not None
    more = " --accept-outage" * bool(noticed) + " --again" * again
    context.say(f"dry run: nothing was changed; add --apply{more}")
    commands = external_secrets.github(context.settings)
    context.screen.document(
        {
            "stack": context.stack,
            "left": left,
            "steps": steps,
            "outages": noticed,
            "github": commands,
            "refused": refused,
        }
    )
    return Exit.REFUSED if refused else Exit.DONE


def _plan(context: StackContext, record: Record | None, key: str) -> list[Step]:
    if record is not None and record.done(secret_item(key)):
        return []
    return rotate_generated.plan(context, key, record)
