"""The database's passwords change too: both of the two alternating logins, and the master's."""

from __future__ import annotations

from ops.checks.verify.data.database import instance
from ops.core.context import Site
from ops.core.exits import Exit, Stop
from ops.incident.journal import Item, Journal, secret_item
from ops.rotation import database

LOGINS = 2
"""A rotation gives a new password to the login that is not in force: the leaked one is next."""
MASTER = "master password of the database"


def keys(site: Site) -> list[str]:
    """The secrets that the rotation function owns."""
    return [key for key, secret in site.settings.secrets.items() if secret.rotated_by_function]


def replace(site: Site, journal: Journal) -> None:
    """Rotate until no login has a password from before."""
    for key in keys(site):
        name = secret_item(key)
        if journal.done(name):
            continue
        with journal.trying(name):
            while journal.items[name].passes < LOGINS:
                _once(site, journal, key)
            site.say(f"{key}: both logins have new passwords", "green")


def _once(site: Site, journal: Journal, key: str) -> None:
    secret, known = site.settings.secrets[key], journal.items[secret_item(key)]
    pending = database.half_way(site, secret.name)
    database.renew(site, secret, pending=pending)
    # What was pending may be older than the incident, and known: finishing it is no new password.
    known.passes += pending is None
    journal.save()


def has_master(site: Site) -> bool:
    """Whether RDS keeps the master's password."""
    return site.settings.database.password_secret is None


def replace_master(site: Site, journal: Journal) -> None:
    """Let RDS make a new master password, and wait for it."""
    if not has_master(site) or journal.done(MASTER):
        return
    with journal.trying(MASTER):
        arn = _master_secret(site)
        known: Item = journal.items[MASTER]
        if not known.version:
            known.version = database.staged(site, arn).get(database.CURRENT, "")
            journal.save()
        if not _is_new(site, arn, known):
            site.estate.client("rds").modify_db_instance(
                DBInstanceIdentifier=site.estate.names.part("rds"),
                RotateMasterUserPassword=True,
                ApplyImmediately=True,
            )
        if not site.clock.until(site.clock.rotation_s, lambda: _is_new(site, arn, known)):
            raise Stop(Exit.PARTLY, "RDS has not put a new one in force yet; wait, then --resume")
        site.say(f"{MASTER}: new, kept by RDS", "green")


def _is_new(site: Site, arn: str, known: Item) -> bool:
    return database.staged(site, arn).get(database.CURRENT) != known.version


def _master_secret(site: Site) -> str:
    site.look_again()
    arn = ((instance(site.estate) or {}).get("MasterUserSecret") or {}).get("SecretArn")
    if not arn:
        raise Stop(Exit.PARTLY, f"{site.estate.names.part('rds')} names no master secret: `pulumi up` first")
    return str(arn)
