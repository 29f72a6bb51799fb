"""The database's passwords change too: both of the two alternating logins, and the master's."""

from __future__ import annotations

from ops.checks.verify.data.database import instance
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.incident.journal import Item, Journal, secret_item
from ops.rotation import database

LOGINS = 2
"""A rotation gives a new password to the login that is not in force: the leaked one is next."""
MASTER = "master password of the database"


def keys(context: StackContext) -> list[str]:
    """The secrets that the rotation function owns."""
    return [key for key, secret in context.settings.secrets.items() if secret.rotated_by_function]


def replace(context: StackContext, journal: Journal) -> None:
    """Rotate until no login has a password from before."""
    for key in keys(context):
        name = secret_item(key)
        if journal.done(name):
            continue
        with journal.trying(name):
            while journal.items[name].passes < LOGINS:
                _once(context, journal, key)
            context.say(f"{key}: both logins have new passwords", "green")


def _once(context: StackContext, journal: Journal, key: str) -> None:
    secret, known = context.settings.secrets[key], journal.items[secret_item(key)]
    pending = database.half_way(context, secret.name)
    database.renew(context, secret, pending=pending)
    # What was pending may be older than the incident, and known: finishing it is no new password.
    known.passes += pending is None
    journal.save()


def has_master(context: StackContext) -> bool:
    """Whether RDS keeps the master's password."""
    return context.settings.database.password_secret is None


def replace_master(context: StackContext, journal: Journal) -> None:
    """Let RDS make a new master password, and wait for it."""
    if not has_master(context) or journal.done(MASTER):
        return
    with journal.trying(MASTER):
        arn = _master_secret(context)
        known: Item = journal.items[MASTER]
        if not known.version:
            known.version = database.staged(context, arn).get(database.CURRENT, "")
            journal.save()
        if not _is_new(context, arn, known):
            context.aws.client("rds").modify_db_instance(
                DBInstanceIdentifier=context.aws.names.part("rds"),
                RotateMasterUserPassword=True,
                ApplyImmediately=True,
            )
        if not context.clock.until(context.clock.rotation_s, lambda: _is_new(context, arn, known)):
            raise Stop(Exit.PARTLY, "RDS has not put a new one in force yet; wait, then --resume")
        context.say(f"{MASTER}: new, kept by RDS", "green")


def _is_new(context: StackContext, arn: str, known: Item) -> bool:
    return database.staged(context, arn).get(database.CURRENT) != known.version


def _master_secret(context: StackContext) -> str:
    context.look_again()
    arn = ((instance(context.aws) or {}).get("MasterUserSecret") or {}).get("SecretArn")
    if not arn:
        raise Stop(Exit.PARTLY, f"{context.aws.names.part('rds')} names no master secret: `pulumi up` first")
    return str(arn)
