"""Lists everything there is to replace, and shows it where nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ops.core.context import StackContext
from ops.core.exits import Exit
from ops.incident import database_passwords, external_secrets, rotate_generated, sessions
from ops.incident.journal import FOLDER, Journal, just_finished, secret_item
from ops.rotation.rotate import from_outside, outage
from ops.rotation.steps import Step


def expected(context: StackContext) -> Iterator[str]:
    """The names of everything there is to do, in order."""
    own = sessions.own_role(context)
    yield from (sessions.item(role) for role in sessions.roles(context.settings) if role not in own)
    yield from map(secret_item, (*rotate_generated.keys(context), *database_passwords.keys(context)))
    if database_passwords.has_master(context):
        yield database_passwords.MASTER
    yield from map(secret_item, external_secrets.keys(context.settings))


def outages(context: StackContext) -> list[str]:
    """What readers will notice."""
    told = (outage(key, context.settings.secrets[key]) for key in rotate_generated.keys(context))
    return [one for one in told if one]


def show_plan(context: StackContext, journal: Journal | None) -> Exit:
    """Say what a run would do and who would notice; nothing is changed."""
    left = [name for name in expected(context) if journal is None or not journal.done(name)]
    if journal is not None:
        done = sum(journal.done(name) for name in journal.items)
        context.say(f"goes on from {FOLDER}/{journal.path.name}: {done} of {len(journal.items)} are done")
    for name in left:
        context.say(f"would replace: {name}" if "sessions" not in name else f"would end: {name}", "yellow")
    steps = [step.says for key in rotate_generated.keys(context) for step in _plan(context, journal, key)]
    for says in steps:
        context.say(f"  {says}")
    for key in external_secrets.keys(context.settings):
        context.say(f"for you: {from_outside(context, key, context.settings.secrets[key])}", "yellow")
    external_secrets.say_github(context)
    noticed = outages(context)
    for one in noticed:
        context.say(f"will be noticed: {one}", "red")
    again = journal is None and just_finished(context.root, context.stack, datetime.now(UTC)) is not None
    more = " --accept-outage" * bool(noticed) + " --again" * again
    context.say(f"dry run: nothing was changed; add --apply{more}")
    commands = external_secrets.github(context.settings)
    context.screen.document(
        {"stack": context.stack, "left": left, "steps": steps, "outages": noticed, "github": commands}
    )
    return Exit.DONE


def _plan(context: StackContext, journal: Journal | None, key: str) -> list[Step]:
    known = journal.items.get(secret_item(key)) if journal else None
    done = known is not None and known.state == "done"
    return [] if done else rotate_generated.plan(key, context.settings.secrets[key], known)
