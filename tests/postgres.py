"""A temporary PostgreSQL server for the tests of a session."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from sandbox.postgresql import INSTALL, find, run
from sandbox.postgresql import Server as Postgres

__all__ = ["Postgres", "drop_roles", "make_rds_iam", "postgres"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of the session."""
    installation = find()
    if installation is None:
        # In CI a skipped test would look like a passed one.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(INSTALL)
    with run(installation) as server:
        yield server


def make_rds_iam(admin: psycopg.Connection, master: str | None = None) -> None:
    """Create RDS's role for IAM logins where it is missing; RDS lets its master grant it."""
    if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'rds_iam'").fetchone():
        admin.execute("CREATE ROLE rds_iam NOLOGIN")
    if master is not None and admin.info.server_version >= 160000:
        # Here, unlike on RDS, only an administrator of a role can grant it.
        grant = "GRANT rds_iam TO {} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"
        admin.execute(SQL(grant).format(Identifier(master)))


def drop_roles(server: Postgres, *names: str) -> None:
    """Drop these roles, with their privileges in every database of the server."""
    with server.connect() as admin:
        databases = admin.execute("SELECT datname FROM pg_database WHERE datallowconn").fetchall()
        found = admin.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(names)])
        roles = [Identifier(name) for (name,) in found.fetchall()]
        for (database,) in databases if roles else ():
            with server.connect(database) as there:
                # One by one: together, PostgreSQL stumbles over default privileges of one role for another.
                for role in roles:
                    there.execute(SQL("DROP OWNED BY {}").format(role))
        for role in roles:
            admin.execute(SQL("DROP ROLE {}").format(role))
