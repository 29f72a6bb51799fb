"""Checks that a database belongs to the stack: by its host name, and by a marker row in the database."""

from __future__ import annotations

import re
from typing import Any, Final

import boto3
from psycopg import Connection

from ops.core.exits import Exit, Stop
from ops.core.session import PATIENT, aws_errors
from ops.reencrypt.records.tables import exists
from ops.reencrypt.target import Identity
from settings import Settings

_READ: Final = "SELECT application, stack, environment, account FROM strongroom.database_marker"
_WRITE: Final = """
INSERT INTO strongroom.database_marker (application, stack, environment, account) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


def check_host(host: str | None, settings: Settings, session: boto3.Session | None = None) -> None:
    """Refuse a host that is not the stack's instance.

    With ``session`` the endpoint is read from RDS. The one-off task has no permission for that: without a
    session the name must have the form that RDS gives to the stack's instance in its region.
    """
    instance = settings.names.part("rds")
    if session is not None:
        wanted = endpoint(session, settings)
        if wanted is None:
            raise Stop(Exit.REFUSED, f"RDS has no instance {instance}: bring the stack up first")
        right = host == wanted
    else:
        wanted = f"{instance}.(...).{settings.region}.rds.amazonaws.com"
        domain = re.escape(f".{settings.region}.rds.amazonaws.com")
        right = re.fullmatch(rf"{re.escape(instance)}\.[a-z0-9]+{domain}", host or "") is not None
    if not right:
        # The host is not quoted: in a URL with an unencoded `@` it contains part of the password.
        raise Stop(
            Exit.REFUSED,
            f"the database's host is not the stack's instance {wanted}: give the stack's own URL (through a "
            "tunnel keep its host and add hostaddr=127.0.0.1)",
        )


def endpoint(session: boto3.Session, settings: Settings) -> str | None:
    """The address of the stack's instance; None where there is no instance or no address yet."""
    with aws_errors():
        rds = session.client("rds", region_name=settings.region, config=PATIENT)
        try:
            found = rds.describe_db_instances(DBInstanceIdentifier=settings.names.part("rds"))
        except rds.exceptions.DBInstanceNotFoundFault:
            return None
    (instance,) = found["DBInstances"]
    return instance.get("Endpoint", {}).get("Address")


def check_marker(connection: Connection[Any], identity: Identity) -> bool:
    """Whether the database has the stack's marker; :class:`Stop` where it has another stack's."""
    if not exists(connection, "database_marker"):
        return False
    found = connection.execute(_READ).fetchone()
    if found is None:
        return False
    if Identity(*found) != identity:
        raise Stop(
            Exit.REFUSED,
            f"this database belongs to {Identity(*found)}, not to {identity}: give the stack's own database; "
            "if it was restored for this stack, delete the row in strongroom.database_marker first",
        )
    return True


def write_marker(connection: Connection[Any], identity: Identity) -> None:
    """Write the stack's marker; :class:`Stop` where the database has another stack's."""
    values = [identity.application, identity.stack, identity.environment, identity.account]
    connection.execute(_WRITE, values)
    check_marker(connection, identity)
