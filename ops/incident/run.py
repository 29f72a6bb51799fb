"""Replaces everything after a suspected breach: shut out, replace, restart, hand over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ops.core.context import Site
from ops.core.exits import Exit, Stop
from ops.incident import database_passwords, external_secrets, rotate_generated, sessions
from ops.incident.handover import hand_over
from ops.incident.items import AGAIN, Items, just_finished, said
from ops.incident.plan import expected, outages, show_plan
from ops.operations import Operation, Record, open_record, records, resumable
from ops.rotation import commit, steps

LOOK_BACK = timedelta(hours=24)


@dataclass(frozen=True)
class How:
    """What the operator asked for."""

    write: bool = False
    accept_outage: bool = False
    again: bool = False
    """Although one was finished less than a day ago."""
    commit: bool = False
    """Whether to commit the stack file at the end."""
    since: datetime | None = None
    """Since when reads are asked for; a day before the incident where left out."""


def incident(site: Site, how: How) -> Exit:
    """Replace everything, or go on where an earlier run stopped; a dry run says what that would be."""
    record = open_record(site)
    if not how.write:
        return show_plan(site, record)
    update = site.find_update()
    with resumable(AGAIN):
        items = Items(_operation(site, how, record), expected(site))
        site.say(f"operation record: {records(site).where}")
        sessions.revoke(site, items)
        rotate_generated.replace(site, items, update)
        database_passwords.replace(site, items)
        database_passwords.replace_master(site, items)
        external_secrets.look(site, items)
        sessions.revoke_host(site, items)
        _commit(site, items, how)
        if not items.unfinished:
            items.operation.finish()
    return hand_over(site, items, how.since or items.started - LOOK_BACK)


def _operation(site: Site, how: How, record: Record | None) -> Operation:
    """The incident that is open, or a new one; :class:`Stop` (refused) where none may begin."""
    if record is None:
        _refuse_another(site, how)
        _refuse_outages(site, how)
        plans = [step for key in rotate_generated.keys(site) for step in rotate_generated.plan(site, key)]
        return Operation.begin(site, "incident", "", intent={"steps": steps.intended(plans)}, before={})
    operation = Operation.resume(site, "incident", "")
    site.say(
        f"goes on with the incident of {record.started}, begun by {record.operator}; another run of it stops "
        "before its next step",
        "yellow",
    )
    return operation


def _commit(site: Site, items: Items, how: How) -> None:
    """The stack file is committed as soon as the stack was updated to it: the rest may take days."""
    if not any(items.done(step.says) for step in steps.planned(items.record)):
        return
    try:
        commit.stack_file(site, f"Replace every secret of {site.stack} after an incident", write=how.commit)
    except Stop as stop:
        raise Stop(stop.code, said(stop)) from None


def _refuse_outages(site: Site, how: How) -> None:
    noticed = outages(site)
    if noticed and not how.accept_outage:
        raise Stop(Exit.REFUSED, "\n".join([*noticed, "add --accept-outage to go on"]))


def _refuse_another(site: Site, how: How) -> None:
    before = just_finished(site, datetime.now(UTC))
    if before and not how.again:
        raise Stop(
            Exit.REFUSED,
            f"the incident of {before.started}, begun by {before.operator}, replaced everything and was "
            f"finished at {before.finished}; add --again to do so once more",
        )
