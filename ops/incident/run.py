"""Runs an incident: revokes sessions, replaces secrets, restarts readers, lists open items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.stored_generations import older_file
from ops.incident import database_passwords, external_secrets, rotate_generated, sessions
from ops.incident.handover import hand_over
from ops.incident.items import AGAIN, Items, just_finished, said
from ops.incident.plan import expected, outages, show_plan
from ops.operations import Operation, Record, open_record, records, resumable
from ops.rotation import commit, steps

LOOK_BACK = timedelta(hours=24)


@dataclass(frozen=True)
class How:
    """The options of the command."""

    write: bool = False
    accept_outage: bool = False
    again: bool = False
    """Run although an incident was finished less than a day ago."""
    commit: bool = False
    """Whether to commit the stack file at the end."""
    since: datetime | None = None
    """Start of the listed reads; None: a day before the incident."""


def incident(context: StackContext, how: How) -> Exit:
    """Replace everything, or continue an earlier run; without ``write`` print what would be done."""
    record = open_record(context)
    if not how.write:
        continues = record is not None and record.kind == "incident"
        return show_plan(context, record, [] if continues else list(_objections(context, how)))
    update = context.find_update()
    with resumable(AGAIN):
        items = Items(_operation(context, how, record), expected(context))
        context.say(f"operation record: {records(context).where}")
        sessions.revoke(context, items)
        rotate_generated.replace(context, items, update)
        database_passwords.replace(context, items)
        database_passwords.replace_master(context, items)
        external_secrets.look(context, items)
        sessions.revoke_host(context, items)
        _commit(context, items, how)
        if not items.unfinished:
            items.operation.finish()
    return hand_over(context, items, how.since or items.started - LOOK_BACK)


def _operation(context: StackContext, how: How, record: Record | None) -> Operation:
    """The open incident, or a new one; :class:`Stop` (refused) where none may begin."""
    if record is None:
        if refused := list(_objections(context, how)):
            raise Stop(Exit.REFUSED, "\n".join(refused))
        plans = [
            step for key in rotate_generated.keys(context) for step in rotate_generated.plan(context, key)
        ]
        return Operation.begin(context, "incident", "", intent={"steps": steps.intended(plans)}, before={})
    operation = Operation.resume(context, "incident", "")
    context.say(
        f"continues the incident of {record.started}, begun by {record.operator}; another run of it stops "
        "before its next step",
        "yellow",
    )
    return operation


def _commit(context: StackContext, items: Items, how: How) -> None:
    """Commit the stack file once the stack is updated; the other items may take days."""
    if not any(items.done(step.says) for step in steps.planned(items.record)):
        return
    try:
        commit.stack_file(
            context, f"Replace every secret of {context.stack} after an incident", write=how.commit
        )
    except Stop as stop:
        raise Stop(stop.code, said(stop)) from None


def _objections(context: StackContext, how: How) -> Iterator[str]:
    """Why no incident may begin: a dry run ends with these as the run itself would."""
    before = just_finished(context, datetime.now(UTC))
    if before and not how.again:
        yield (
            f"the incident of {before.started}, begun by {before.operator}, replaced everything and was "
            f"finished at {before.finished}; add --again to replace everything again"
        )
    noticed = outages(context)
    if noticed and not how.accept_outage:
        yield from (*noticed, "add --accept-outage to continue")
    yield from older_file(context.aws)
