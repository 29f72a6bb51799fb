"""The incident from beginning to end: shut out, replace, restart, hand over, and ask who had read what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from ops.core.context import Site
from ops.core.exits import Exit, Stop
from ops.core.session import sentence
from ops.incident import database_passwords as logins
from ops.incident import external_secrets as outside
from ops.incident import rotate_generated as waves
from ops.incident import sessions
from ops.incident.journal import FOLDER, Journal, begun, just_finished, opened, secret_item
from ops.reads import report
from ops.rotation.rotate import from_outside, outage

LOOK_BACK = timedelta(hours=24)
LONGEST_SESSION = timedelta(hours=12)
"""The longest a role's session may last: after that its denial denies nobody."""


@dataclass(frozen=True)
class How:
    """What the operator asked for."""

    write: bool = False
    reason: str = ""
    accept_outage: bool = False
    again: bool = False
    """Although one was finished less than a day ago."""
    since: datetime | None = None
    """Since when reads are asked for; a day before the incident where left out."""


def incident(site: Site, how: How) -> Exit:
    """Replace everything, or go on where an earlier run stopped; a dry run says what that would be."""
    journal = opened(site.root, site.stack, site.settings.account_id)
    if not how.write:
        return _dry(site, journal)
    update = site.find_update()
    if journal is None:
        now = datetime.now(UTC)
        _refuse_another(site, how, now)
        _refuse_outages(site, how)
        journal = begun(site.root, site.stack, site.settings.account_id, how.reason, now)
    for name in expected(site):
        journal.add(name)
    journal.save()
    site.say(f"journal: {FOLDER}/{journal.path.name} (keep it with the stack file)")
    sessions.revoke(site, journal)
    waves.replace(site, journal, update)
    logins.replace(site, journal)
    logins.replace_master(site, journal)
    outside.look(site, journal)
    sessions.revoke_host(site, journal)
    return _end(site, journal, how.since or journal.started - LOOK_BACK)


def expected(site: Site) -> Iterator[str]:
    """The names of everything there is to do, in order."""
    own = sessions.own_role(site)
    yield from (sessions.item(role) for role in sessions.roles(site.settings) if role not in own)
    yield from map(secret_item, (*waves.keys(site), *logins.keys(site)))
    if logins.has_master(site):
        yield logins.MASTER
    yield from map(secret_item, outside.keys(site.settings))


def outages(site: Site) -> list[str]:
    """What readers will notice."""
    told = (outage(key, site.settings.secrets[key]) for key in waves.keys(site))
    return [one for one in told if one]


def _refuse_outages(site: Site, how: How) -> None:
    noticed = outages(site)
    if noticed and not how.accept_outage:
        raise Stop(Exit.REFUSED, "\n".join([*noticed, "add --accept-outage to go on"]))


def _refuse_another(site: Site, how: How, now: datetime) -> None:
    before = just_finished(site.root, site.stack, now)
    if before and not how.again:
        raise Stop(
            Exit.REFUSED,
            f"{FOLDER}/{before.path.name} replaced everything and was finished at {before.finished}; "
            "add --again to do so once more",
        )


def _dry(site: Site, journal: Journal | None) -> Exit:
    left = [name for name in expected(site) if journal is None or not journal.done(name)]
    if journal is not None:
        done = sum(journal.done(name) for name in journal.items)
        site.say(f"goes on from {FOLDER}/{journal.path.name}: {done} of {len(journal.items)} are done")
    for name in left:
        site.say(f"would replace: {name}" if "sessions" not in name else f"would end: {name}", "yellow")
    steps = [step.says for key in waves.keys(site) for step in _plan(site, journal, key)]
    for says in steps:
        site.say(f"  {says}")
    for key in outside.keys(site.settings):
        site.say(f"for you: {from_outside(site, key, site.settings.secrets[key])}", "yellow")
    _say_github(site)
    noticed = outages(site)
    for one in noticed:
        site.say(f"will be noticed: {one}", "red")
    again = journal is None and just_finished(site.root, site.stack, datetime.now(UTC)) is not None
    more = " --accept-outage" * bool(noticed) + " --again" * again
    site.say(f"dry run: nothing was changed; add --apply{more}")
    commands = outside.github(site.settings)
    site.screen.document(
        {"stack": site.stack, "left": left, "steps": steps, "outages": noticed, "github": commands}
    )
    return Exit.DONE


def _plan(site: Site, journal: Journal | None, key: str) -> list[Any]:
    known = journal.items.get(secret_item(key)) if journal else None
    done = known is not None and known.state == "done"
    return [] if done else waves.plan(key, site.settings.secrets[key], known)


def _end(site: Site, journal: Journal, since: datetime) -> Exit:
    """What is left, what comes next, and who read what."""
    for name in journal.unfinished:
        one = journal.items[name]
        site.say(f"{name}: {one.why or one.state}", "yellow" if one.state == "operator" else "red")
    if not journal.unfinished:
        journal.finished = datetime.now(UTC).isoformat(timespec="seconds")
        journal.save()
    count = len(journal.items)
    site.say(
        f"{site.stack}: {count - len(journal.unfinished)} of {count} done"
        + ("; run this command again to go on" if journal.unfinished else ""),
        "red" if journal.unfinished else "green",
    )
    _say_github(site)
    following = _next(site, journal)
    for line in following:
        site.say(f"next: {line}")
    found = _reads(site, since)
    site.screen.document(
        {
            "stack": site.stack,
            "journal": f"{FOLDER}/{journal.path.name}",
            "started": journal.started.isoformat(),
            "finished": journal.finished or None,
            "items": {name: {"state": one.state, "why": one.why} for name, one in journal.items.items()},
            "github": outside.github(site.settings),
            "next": following,
            "reads": None if found is None else [one.to_dict() for one in found],
        }
    )
    if journal.unfinished:
        return Exit.PARTLY
    return Exit.FINDING if any(one.problems for one in found or ()) else Exit.DONE


def _reads(site: Site, since: datetime) -> list[report.Group] | None:
    site.look_again()
    try:
        return report.show(site, since)
    except ClientError as error:
        later = f"ops reads --stack {site.stack} --since {since:%Y-%m-%dT%H:%M:%SZ}"
        site.say(f"who had read what is not known: {sentence(error)}; later: {later}", "red")
        return None


def _next(site: Site, journal: Journal) -> list[str]:
    stack, names = f"--stack {site.stack}", site.settings.secrets
    rows = [key for key, secret in names.items() if secret.kind == "aes-256-key"]
    rings = [key for key, secret in names.items() if secret.keyring and key not in rows]
    over = f"{journal.started + LONGEST_SESSION:%Y-%m-%d %H:%M} UTC"
    return [
        *(
            f"ops reencrypt {stack} --secret {key} --target ... --apply, then ops retire {key}"
            for key in rows
        ),
        *(
            f"ops retire {key} {stack} --apply: until then what the old key signed is accepted"
            for key in rings
        ),
        *(
            f"sign out of role {role} once all is done: its sessions were left alone"
            for role in sessions.own_role(site)
        ),
        f"after {over}: aws iam delete-role-policy --policy-name {sessions.POLICY} --role-name ROLE (each)",
        "GuardDuty's findings (B59), Access Analyzer's findings (B60): take away access that nobody needs",
    ]


def _say_github(site: Site) -> None:
    commands = outside.github(site.settings)
    for command in commands:
        site.say(f"GitHub: {command}", "yellow")
    if not commands:
        site.say("GitHub keeps no secret of this stack")
