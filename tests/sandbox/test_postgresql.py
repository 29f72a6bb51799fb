"""The temporary PostgreSQL server that tests and the sandbox start."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from tests.postgres import Postgres


def test_connects_with_its_password_after_a_single_iteration(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        stored = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'").fetchone()
    assert stored is not None
    assert stored[0].startswith("SCRAM-SHA-256$1:")
    assert postgres.password not in stored[0]


@pytest.mark.parametrize("password", ["guess", "SCRAM-SHA-256$1:"])
def test_refuses_any_other_password(postgres: Postgres, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        replace(postgres, password=password).connect()
