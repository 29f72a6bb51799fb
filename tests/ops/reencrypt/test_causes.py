"""Tests that what a real server refuses has its own cause, and is tried again only where that may help."""

from __future__ import annotations

import time
from contextlib import suppress

import psycopg
import pytest
from psycopg import conninfo

from ops.core.exits import Exit, Stop
from ops.reencrypt.session import Database, refusals
from tests.ops.reencrypt.rows import Diary, new_role


@pytest.fixture
def login(diary: Diary) -> tuple[str, str]:
    """A role in the diary's database: its name, and its connection string."""
    name = "visitor"
    with diary.connect() as connection:
        new_role(connection, name)
    return name, conninfo.make_conninfo(diary.dsn, user=name, password=name)


def change(diary: Diary, statement: str) -> None:
    with diary.connect() as connection:
        connection.execute(statement.encode())


def said(dsn: str) -> Stop:
    with pytest.raises(Stop) as stop:
        Database(dsn).first()
    return stop.value


def test_a_role_without_login_is_not_a_network_fault(diary: Diary, login: tuple[str, str]) -> None:
    change(diary, f'ALTER ROLE "{login[0]}" NOLOGIN')
    assert "this role may not log in from here" in str(said(login[1]))


def test_a_connection_limit_is_not_a_network_fault(diary: Diary, login: tuple[str, str]) -> None:
    change(diary, f'ALTER ROLE "{login[0]}" CONNECTION LIMIT 0')
    assert "no connection is free" in str(said(login[1]))


def test_a_database_that_accepts_no_connection_is_named_so(diary: Diary, login: tuple[str, str]) -> None:
    diary.postgres.create_database("closed")
    with diary.postgres.connect() as admin:
        admin.execute("ALTER DATABASE closed ALLOW_CONNECTIONS false")
    stop = said(conninfo.make_conninfo(login[1], dbname="closed"))
    assert "not in a state for this" in str(stop)


def test_a_wrong_password_is_said_without_it(login: tuple[str, str]) -> None:
    stop = said(conninfo.make_conninfo(login[1], password="hush"))
    assert "it rejects this user and password" in str(stop)
    assert "hush" not in str(stop)


def test_an_object_in_the_wrong_state_is_not_taken_for_a_lost_connection(diary: Diary) -> None:
    """SQLSTATE 55000: `currval` of a sequence that gave nothing yet."""
    change(diary, "CREATE SEQUENCE unused")
    started = time.monotonic()
    with pytest.raises(Stop, match=r"not in a state for this \(SQLSTATE 55000\)") as stop, refusals():
        Database(diary.dsn, delays_s=(60,)).persistently(lambda one: one.execute("SELECT currval('unused')"))
    assert stop.value.code == Exit.UNREACHABLE
    assert time.monotonic() - started < 30, "it was not tried again"


def test_a_session_that_an_administrator_ends_is_opened_again(diary: Diary) -> None:
    ended: list[int] = []

    def once(connection: psycopg.Connection) -> int:
        (own,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        if not ended:
            ended.append(own)
            with diary.connect() as other, suppress(psycopg.Error):
                other.execute("SELECT pg_terminate_backend(%s)", [own])
            connection.execute("SELECT 1")
        return own

    assert diary.database.persistently(once) != ended[0]
