"""Tests of the role that reads restored copies: it exists after a rotation, and may read and nothing else."""

from __future__ import annotations

import json
from typing import LiteralString

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from functions.postgresql.restore_reader import RESTORE_READER
from tests.functions.rotate_database.stage import (
    DATABASE,
    Stage,
    as_superuser,
    assert_rotated,
    make_role,
)


@pytest.fixture
def granted(stage: Stage) -> Stage:
    """A database whose tables exist partly before a rotation, and partly after it."""
    with stage.connect(stage.login()) as session:
        session.execute("CREATE SCHEMA apart")
        session.execute("CREATE TABLE apart.entries AS SELECT 1 AS id")
        session.execute("CREATE TABLE public.entries AS SELECT 1 AS id")
        session.execute("SET ROLE NONE")
        session.execute("CREATE TABLE public.stray AS SELECT 1 AS id")
    stage.rotate()
    with stage.connect(stage.login()) as session:
        session.execute("CREATE TABLE public.younger AS SELECT 1 AS id")
        session.execute("CREATE SCHEMA younger")
        session.execute("CREATE TABLE younger.entries AS SELECT 1 AS id")
    return stage


def reader(stage: Stage) -> psycopg.Connection:
    """A session of the role; the password stands for the IAM token."""
    with stage.postgres.connect() as admin:
        make_role(admin, RESTORE_READER, "token", "")
    dsn = stage.postgres.dsn(DATABASE, user=RESTORE_READER, password="token")
    return psycopg.connect(dsn, autocommit=True)


def test_reads_every_table_of_the_application(granted: Stage) -> None:
    with reader(granted) as session:
        for schema, table in (
            ("public", "entries"),
            ("public", "stray"),
            ("apart", "entries"),
            ("public", "younger"),
            ("younger", "entries"),
        ):
            rows = session.execute(SQL("SELECT id FROM {}").format(Identifier(schema, table)))
            assert rows.fetchall() == [(1,)], (schema, table)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO entries VALUES (2)",
        "UPDATE entries SET id = 2",
        "DELETE FROM entries",
        "TRUNCATE entries",
        "CREATE SCHEMA mine",
        "SET ROLE app_owner",
    ],
)
def test_changes_nothing(granted: Stage, statement: LiteralString) -> None:
    with reader(granted) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(statement)


def test_has_only_a_login_and_the_role_for_iam(granted: Stage) -> None:
    with granted.postgres.connect() as admin:
        attributes = admin.execute(
            "SELECT rolcanlogin, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, "
            "rolbypassrls FROM pg_roles WHERE rolname = %s",
            [RESTORE_READER],
        )
        assert attributes.fetchone() == (True, False, False, False, False, False, False)
        groups = admin.execute(
            "SELECT roleid::regrole::text FROM pg_auth_members WHERE member::regrole::text = %s",
            [RESTORE_READER],
        )
        assert groups.fetchall() == [("rds_iam",)]


@pytest.mark.attack(32)
def test_has_no_member_whose_password_rds_would_then_refuse(granted: Stage) -> None:
    with granted.postgres.connect() as admin:
        members = admin.execute(
            "SELECT member::regrole::text FROM pg_auth_members WHERE roleid::regrole::text = %s",
            [RESTORE_READER],
        )
        assert members.fetchall() == []
        left = admin.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'restore%'")
        assert left.fetchall() == [(RESTORE_READER,)]


def test_leaves_the_master_no_right_to_the_rows_of_the_owner(granted: Stage) -> None:
    with granted.postgres.connect() as admin:
        inherits = admin.execute("SELECT pg_has_role('master', 'app_owner', 'USAGE')").fetchone()
        assert inherits == (admin.info.server_version < 160000,)


def test_rotates_also_where_the_role_cannot_be_granted(stage: Stage) -> None:
    as_superuser(stage.postgres, "ALTER ROLE rds_iam RENAME TO rds_gone", f"DROP OWNED BY {RESTORE_READER}")
    as_superuser(stage.postgres, f"DROP ROLE {RESTORE_READER}")
    try:
        version = stage.rotate()
    finally:
        as_superuser(stage.postgres, "ALTER ROLE rds_gone RENAME TO rds_iam")
    assert_rotated(stage, version)
    [failure] = [line for line in stage.log if line["outcome"].startswith("failed")]
    assert failure["user"] == RESTORE_READER
    assert "SQLSTATE 42704" in failure["outcome"]
    assert "password" not in json.dumps(stage.log)
    stage.rotate()
    with reader(stage):
        pass


def test_logs_nothing_of_the_role_where_it_is_granted(granted: Stage) -> None:
    assert not [line for line in granted.log if line.get("user") == RESTORE_READER]
