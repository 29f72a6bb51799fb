"""Lists everything there is to replace, and shows it where nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ops.core.context import Site
from ops.core.exits import Exit
from ops.incident import database_passwords, external_secrets, rotate_generated, sessions
from ops.incident.items import just_finished, secret_item
from ops.operations import Record, records
from ops.rotation.rotate import from_outside, outage
from ops.rotation.steps import Step


def expected(site: Site) -> Iterator[str]:
    """The names of everything there is to do, in order."""
    own = sessions.own_role(site)
    yield from (sessions.item(role) for role in sessions.roles(site.settings) if role not in own)
    yield from map(secret_item, (*rotate_generated.keys(site), *database_passwords.keys(site)))
    if database_passwords.has_master(site):
        yield database_passwords.MASTER
    yield from map(secret_item, external_secrets.keys(site.settings))


def outages(site: Site) -> list[str]:
    """What readers will notice."""
    told = (outage(key, site.settings.secrets[key]) for key in rotate_generated.keys(site))
    return [one for one in told if one]


def show_plan(site: Site, found: Record | None) -> Exit:
    """Say what a run would do and who would notice, or why it would be refused; nothing is changed."""
    record = found if found is not None and found.kind == "incident" else None
    names = list(expected(site))
    left = [name for name in names if record is None or not record.done(name)]
    if record is not None:
        site.say(
            f"goes on with the incident of {record.started}, begun by {record.operator} "
            f"({records(site).where}): {len(names) - len(left)} of {len(names)} are done"
        )
    for name in left:
        site.say(f"would replace: {name}" if "sessions" not in name else f"would end: {name}", "yellow")
    steps = [step.says for key in rotate_generated.keys(site) for step in _plan(site, record, key)]
    for says in steps:
        site.say(f"  {says}")
    for key in external_secrets.keys(site.settings):
        site.say(f"for you: {from_outside(site, key, site.settings.secrets[key])}", "yellow")
    external_secrets.say_github(site)
    noticed = outages(site)
    for one in noticed:
        site.say(f"will be noticed: {one}", "red")
    refused = [records(site).busy(found)] if found is not None and record is None else []
    for one in refused:
        site.say(f"would be refused: {one}", "red")
    again = record is None and just_finished(site, datetime.now(UTC)) is not None
    more = " --accept-outage" * bool(noticed) + " --again" * again
    site.say(f"dry run: nothing was changed; add --apply{more}")
    commands = external_secrets.github(site.settings)
    site.screen.document(
        {
            "stack": site.stack,
            "left": left,
            "steps": steps,
            "outages": noticed,
            "github": commands,
            "refused": refused,
        }
    )
    return Exit.REFUSED if refused else Exit.DONE


def _plan(site: Site, record: Record | None, key: str) -> list[Step]:
    if record is not None and record.done(secret_item(key)):
        return []
    return rotate_generated.plan(site, key, record)
