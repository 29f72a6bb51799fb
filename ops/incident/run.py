"""Replaces everything after a suspected breach: shut out, replace, restart, hand over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.incident import database_passwords, external_secrets, rotate_generated, sessions
from ops.incident.handover import hand_over
from ops.incident.journal import FOLDER, begun, just_finished, opened
from ops.incident.plan import expected, outages, show_plan
from ops.operations import Operation, records
from ops.rotation import commit

LOOK_BACK = timedelta(hours=24)


@dataclass(frozen=True)
class How:
    """What the operator asked for."""

    write: bool = False
    reason: str = ""
    accept_outage: bool = False
    again: bool = False
    """Although one was finished less than a day ago."""
    commit: bool = False
    """Whether to commit the stack file at the end."""
    since: datetime | None = None
    """Since when reads are asked for; a day before the incident where left out."""


def incident(context: StackContext, how: How) -> Exit:
    """Replace everything, or go on where an earlier run stopped; a dry run says what that would be."""
    journal = opened(context.root, context.stack, context.settings.account_id)
    if not how.write:
        return show_plan(context, journal)
    update = context.find_update()
    refuse_other(context)
    if journal is None:
        now = datetime.now(UTC)
        _refuse_another(context, how, now)
        _refuse_outages(context, how)
        journal = begun(context.root, context.stack, context.settings.account_id, how.reason, now)
    operation = held_record(context)
    for name in expected(context):
        journal.add(name)
    journal.save()
    context.say(f"journal: {FOLDER}/{journal.path.name} (keep it with the stack file)")
    sessions.revoke(context, journal)
    rotate_generated.replace(context, journal, update)
    database_passwords.replace(context, journal)
    database_passwords.replace_master(context, journal)
    external_secrets.look(context, journal)
    sessions.revoke_host(context, journal)
    if not journal.unfinished:
        commit.stack_file(
            context, f"Replace every secret of {context.stack} after an incident", write=how.commit
        )
        operation.finish()
    return hand_over(context, journal, how.since or journal.started - LOOK_BACK)


def refuse_other(context: StackContext) -> None:
    """Stop where another operation than an incident is open; nothing is written."""
    store = records(context)
    found = store.open_record()
    if found is not None and not found.same_operation("incident", ""):
        raise Stop(Exit.REFUSED, store.busy(found))


def held_record(context: StackContext) -> Operation:
    """The stack's open record, so that no other operation begins: taken over, or a new one."""
    if records(context).open_record() is not None:
        return Operation.resume(context, "incident", "")
    return Operation.begin(context, "incident", "", intent={}, before={})


def _refuse_outages(context: StackContext, how: How) -> None:
    noticed = outages(context)
    if noticed and not how.accept_outage:
        raise Stop(Exit.REFUSED, "\n".join([*noticed, "add --accept-outage to go on"]))


def _refuse_another(context: StackContext, how: How, now: datetime) -> None:
    before = just_finished(context.root, context.stack, now)
    if before and not how.again:
        raise Stop(
            Exit.REFUSED,
            f"{FOLDER}/{before.path.name} replaced everything and was finished at {before.finished}; "
            "add --again to do so once more",
        )
