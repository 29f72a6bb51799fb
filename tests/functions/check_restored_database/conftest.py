"""A restored copy for each test, on a second server."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from psycopg.sql import SQL, Identifier

from functions.postgresql.restore_reader import RESTORE_READER
from sandbox.postgresql import find, run
from tests.functions.check_restored_database.restored import (
    LIVE,
    OWNER,
    RESTORED,
    Copy,
    environment,
    fill,
    restore,
)
from tests.postgres import Postgres, drop_roles


@pytest.fixture(scope="module")
def second_server(postgres: Postgres) -> Iterator[Postgres]:
    """A server with a database that was dumped from the first server."""
    installation = find()
    assert installation is not None, "the first server runs"
    fill(postgres)
    with run(installation) as server:
        restore(postgres, server)
        with postgres.connect() as admin:
            admin.execute(SQL("DROP DATABASE {}").format(Identifier(LIVE)))
        drop_roles(postgres, RESTORE_READER, OWNER)
        yield server


@pytest.fixture
def copy(second_server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """A copy of the restored database, and stand-ins for the AWS services that the functions call."""
    database = "copy"
    with second_server.connect() as admin:
        name = Identifier(database)
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        admin.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(name, Identifier(RESTORED)))
    copy = Copy(second_server, database)
    monkeypatch.setattr(boto3, "client", copy.client)
    for variable, value in environment(second_server, database).items():
        monkeypatch.setenv(variable, value)
    return copy
