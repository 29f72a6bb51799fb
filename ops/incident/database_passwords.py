"""The database's passwords change too: both of the two alternating logins, and the master's."""

from __future__ import annotations

import uuid

from ops.checks.verify.data.database import instance
from ops.core.context import Site
from ops.core.exits import Exit, Stop
from ops.incident.items import Items, secret_item
from ops.rotation import database

LOGINS = 2
"""A rotation gives a new password to the login that is not in force: the leaked one is next."""
MASTER = "master password of the database"


def keys(site: Site) -> list[str]:
    """The secrets that the rotation function owns."""
    return [key for key, secret in site.settings.secrets.items() if secret.rotated_by_function]


def replace(site: Site, items: Items) -> None:
    """Rotate until no login has a password from before."""
    for key in keys(site):
        if items.done(secret_item(key)):
            continue
        with items.trying(secret_item(key)):
            for number in range(1, LOGINS + 1):
                _once(site, items, key, number)
            site.say(f"{key}: both logins have new passwords", "green")


def _once(site: Site, items: Items, key: str, number: int) -> None:
    """One rotation to a version of its own: what was half-way may be older than the incident, and known."""
    step = f"{secret_item(key)}: rotation {number}"
    if items.done(step):
        return
    if "version" not in items.state(step).facts:
        items.remember(step, {"version": str(uuid.uuid4())})
    with items.operation.step(step) as known:
        database.renew(site, site.settings.secrets[key], known.facts["version"])


def has_master(site: Site) -> bool:
    """Whether RDS keeps the master's password."""
    return site.settings.database.password_secret is None


def replace_master(site: Site, items: Items) -> None:
    """Let RDS make a new master password, and wait for it."""
    if not has_master(site) or items.done(MASTER):
        return
    with items.trying(MASTER):
        arn = _master_secret(site)
        if "version" not in items.state(MASTER).facts:
            items.remember(MASTER, {"version": database.staged(site, arn).get(database.CURRENT, "")})
        old = items.state(MASTER).facts["version"]
        if not _is_new(site, arn, old):
            site.estate.client("rds").modify_db_instance(
                DBInstanceIdentifier=site.estate.names.part("rds"),
                RotateMasterUserPassword=True,
                ApplyImmediately=True,
            )
            site.boundary(f"{MASTER}: asked for")
        if not site.clock.until(site.clock.rotation_s, lambda: _is_new(site, arn, old)):
            raise Stop(Exit.PARTLY, "RDS has not put a new one in force yet; wait, then --resume")
        site.say(f"{MASTER}: new, kept by RDS", "green")


def _is_new(site: Site, arn: str, old: str) -> bool:
    return database.staged(site, arn).get(database.CURRENT, "") != old


def _master_secret(site: Site) -> str:
    site.look_again()
    arn = ((instance(site.estate) or {}).get("MasterUserSecret") or {}).get("SecretArn")
    if not arn:
        raise Stop(Exit.PARTLY, f"{site.estate.names.part('rds')} names no master secret: `pulumi up` first")
    return str(arn)
