"""Tests of the databases that the sandbox gives to the rotation function."""

from __future__ import annotations

import uuid

from functions.postgresql.restore_reader import RESTORE_READER
from functions.postgresql.session import Login
from functions.rotate_database.database import Database, PostgreSQL
from functions.rotate_database.roles import Roles
from sandbox.moto import postgresql
from tests.postgres import Postgres, drop_roles


def test_a_server_has_the_role_for_iam_logins_as_rds_has(postgres: Postgres) -> None:
    master, roles = Login("given_master", uuid.uuid4().hex), Roles.of("given")
    drop_roles(postgres, RESTORE_READER, "rds_iam")
    given = postgresql.Given(PostgreSQL, postgres.dsn(), database="given", roles=roles)
    given.set_password(master, Login(roles.logins[0], uuid.uuid4().hex))
    given.grant_restore_reader(master)
    with postgres.connect("given") as admin:
        found = admin.execute("SELECT pg_has_role(%s, 'rds_iam', 'MEMBER')", [RESTORE_READER])
        assert found.fetchone() == (True,)
        admin.execute("REASSIGN OWNED BY given_master TO CURRENT_USER")
    drop_roles(postgres, RESTORE_READER, *roles.names, master.user)


def test_the_stand_in_answers_what_a_rotation_asks() -> None:
    asked = {name for name in vars(Database) if not name.startswith("_")}
    assert asked == {"set_password", "prove", "grant_restore_reader"}
    assert asked <= vars(postgresql.Database).keys()
