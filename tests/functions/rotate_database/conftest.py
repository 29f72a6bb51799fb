"""A stage with a first value for each test, on the session's one server."""

from __future__ import annotations

import socket
from typing import Any

import pytest

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


@pytest.fixture
def stage(postgres: Postgres) -> Stage:
    return set_the_stage(postgres)
