"""Tests of the table of PostgreSQL's error codes; tests/ops/reencrypt/test_causes.py has a real server."""

from __future__ import annotations

import psycopg
import pytest

from functions.postgresql import session as of_the_function
from ops.core.causes.postgresql import UNKNOWN, cause, cause_of, described
from ops.core.exits import Exit


def refused(text: str) -> psycopg.OperationalError:
    """What libpq raises for a session that cannot be opened: without a SQLSTATE."""
    return psycopg.OperationalError(text)


@pytest.mark.parametrize(
    ("state", "what", "passes"),
    [
        ("08006", "connection was lost", True),
        ("28P01", "rejects this user and password", False),
        ("28000", "may not log in", False),
        ("3D000", "no such database", False),
        ("53100", "storage is full", False),
        ("53300", "no connection is free", True),
        ("25P03", "ended the session", True),
        ("40001", "another session holds a lock", False),
        ("40P01", "another session holds a lock", False),
        ("53400", "limit of the server's configuration", False),
        ("55000", "not in a state for this", False),
        ("57P01", "ended the session", True),
        ("57P03", "starts, stops or fails over", True),
        ("25006", "read-only", True),
        ("42P01", "does not exist", False),
        ("58030", "read or write its storage", False),
    ],
)
def test_a_sqlstate_has_its_cause(state: str, what: str, passes: bool) -> None:
    found = cause_of(state)
    assert what in found.what
    assert found.passes is passes
    assert found.remedy


def test_a_missing_privilege_is_a_refusal() -> None:
    assert cause_of("42501").exit == Exit.REFUSED


def test_a_state_that_is_not_in_the_table_is_not_given_a_cause() -> None:
    assert cause_of("XX000") is UNKNOWN


def test_every_state_that_the_rotation_function_explains_is_in_the_table() -> None:
    states = {*of_the_function._MEANINGS, *of_the_function._LOGIN_REFUSED}
    assert [state for state in states if cause_of(state) is UNKNOWN] == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('FATAL:  password authentication failed for user "u"', "rejects this user and password"),
        ('FATAL:  role "u" is not permitted to log in', "may not log in"),
        ('FATAL:  database "d" is not currently accepting connections', "not in a state for this"),
        ("FATAL:  remaining connection slots are reserved", "no connection is free"),
        ('FATAL:  too many connections for role "u"', "no connection is free"),
        ("FATAL:  the database system is starting up", "starts, stops or fails over"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', "may not log in"),
        ('FATAL:  database "d" does not exist', "no such database or user"),
        ("connection to server failed: something new", "there is no answer"),
        ("the connection is closed", "was lost"),
    ],
)
def test_a_session_that_is_not_opened_has_the_cause_of_its_text(text: str, what: str) -> None:
    assert what in cause(refused(text)).what


def test_the_text_of_the_server_is_not_repeated() -> None:
    assert "hush" not in described(refused('FATAL:  password authentication failed for user "hush"'))
