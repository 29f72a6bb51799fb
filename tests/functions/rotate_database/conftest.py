"""A stage with a first value for each test, on every installed PostgreSQL version."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.postgresql import Installation, installed, run
from tests.functions.rotate_database.stage import Stage, set_the_stage
from tests.postgres import Postgres


@pytest.fixture(autouse=True)
def prompt_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each session the 40 ms by which loopback delays pg8000's small packets."""
    connect = socket.create_connection

    def promptly(*args: Any, **kwargs: Any) -> socket.socket:
        connection = connect(*args, **kwargs)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    monkeypatch.setattr(socket, "create_connection", promptly)


@pytest.fixture(
    scope="session", params=installed() or (None,), ids=lambda one: one.version if one else "none"
)
def postgres(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[Postgres]:
    """A server of each installed version; for the first, the one that all tests of the session share."""
    installation: Installation | None = request.param
    if installation is None or installation == installed()[0]:
        yield postgres
    else:
        with run(installation) as server:
            yield server


@pytest.fixture
def stage(postgres: Postgres) -> Stage:
    return set_the_stage(postgres)
