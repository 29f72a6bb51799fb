"""Replaces the passwords of both alternating database logins and of the master user."""

from __future__ import annotations

import uuid

from ops.checks.verify.data.database import instance
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.incident.items import Items, secret_item
from ops.rotation import database

LOGINS = 2
"""A rotation sets the password of the login that is not current, so two rotations replace both."""
MASTER = "master password of the database"


def keys(context: StackContext) -> list[str]:
    """The keys of the secrets that the rotation function rotates."""
    return [key for key, secret in context.settings.secrets.items() if secret.rotated_by_function]


def replace(context: StackContext, items: Items) -> None:
    """Rotate until both logins have new passwords."""
    for key in keys(context):
        if items.done(secret_item(key)):
            continue
        with items.trying(secret_item(key)):
            for number in range(1, LOGINS + 1):
                _once(context, items, key, number)
            context.say(f"{key}: both logins have new passwords", "green")


def _once(context: StackContext, items: Items, key: str, number: int) -> None:
    """Rotate to a new version, not to that of an unfinished rotation, which may be known to an attacker."""
    step = f"{secret_item(key)}: rotation {number}"
    if items.done(step):
        return
    if "version" not in items.state(step).facts:
        items.remember(step, {"version": str(uuid.uuid4())})
    with items.operation.step(step) as known:
        database.renew(context, context.settings.secrets[key], known.facts["version"])


def has_master(context: StackContext) -> bool:
    """Whether RDS manages the master password."""
    database = context.settings.database
    return database is not None and database.password_secret is None


def replace_master(context: StackContext, items: Items) -> None:
    """Have RDS rotate the master password, and wait for it."""
    if not has_master(context) or items.done(MASTER):
        return
    with items.trying(MASTER):
        arn = _master_secret(context)
        if "version" not in items.state(MASTER).facts:
            items.remember(MASTER, {"version": database.staged(context, arn).get(database.CURRENT, "")})
        old = items.state(MASTER).facts["version"]
        if not _is_new(context, arn, old):
            context.aws.client("rds").modify_db_instance(
                DBInstanceIdentifier=context.aws.names.part("rds"),
                RotateMasterUserPassword=True,
                ApplyImmediately=True,
            )
            context.boundary(f"{MASTER}: asked for")
        if not context.clock.until(context.clock.rotation_s, lambda: _is_new(context, arn, old)):
            raise Stop(Exit.PARTLY, "RDS has not rotated it yet; wait, then continue with --resume")
        context.say(f"{MASTER}: rotated by RDS", "green")


def _is_new(context: StackContext, arn: str, old: str) -> bool:
    return database.staged(context, arn).get(database.CURRENT, "") != old


def _master_secret(context: StackContext) -> str:
    context.look_again()
    arn = ((instance(context.aws) or {}).get("MasterUserSecret") or {}).get("SecretArn")
    if not arn:
        raise Stop(Exit.PARTLY, f"{context.aws.names.part('rds')} has no master secret: run `pulumi up`")
    return str(arn)
