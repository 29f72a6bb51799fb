"""Lists everything there is to replace, and shows it where nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ops.core.context import Site
from ops.core.exits import Exit
from ops.incident import database_passwords, external_secrets, rotate_generated, sessions
from ops.incident.journal import FOLDER, Journal, just_finished, secret_item
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


def show_plan(site: Site, journal: Journal | None) -> Exit:
    """Say what a run would do and who would notice; nothing is changed."""
    left = [name for name in expected(site) if journal is None or not journal.done(name)]
    if journal is not None:
        done = sum(journal.done(name) for name in journal.items)
        site.say(f"goes on from {FOLDER}/{journal.path.name}: {done} of {len(journal.items)} are done")
    for name in left:
        site.say(f"would replace: {name}" if "sessions" not in name else f"would end: {name}", "yellow")
    steps = [step.says for key in rotate_generated.keys(site) for step in _plan(site, journal, key)]
    for says in steps:
        site.say(f"  {says}")
    for key in external_secrets.keys(site.settings):
        site.say(f"for you: {from_outside(site, key, site.settings.secrets[key])}", "yellow")
    external_secrets.say_github(site)
    noticed = outages(site)
    for one in noticed:
        site.say(f"will be noticed: {one}", "red")
    again = journal is None and just_finished(site.root, site.stack, datetime.now(UTC)) is not None
    more = " --accept-outage" * bool(noticed) + " --again" * again
    site.say(f"dry run: nothing was changed; add --apply{more}")
    commands = external_secrets.github(site.settings)
    site.screen.document(
        {"stack": site.stack, "left": left, "steps": steps, "outages": noticed, "github": commands}
    )
    return Exit.DONE


def _plan(site: Site, journal: Journal | None, key: str) -> list[Step]:
    known = journal.items.get(secret_item(key)) if journal else None
    done = known is not None and known.state == "done"
    return [] if done else rotate_generated.plan(key, site.settings.secrets[key], known)
