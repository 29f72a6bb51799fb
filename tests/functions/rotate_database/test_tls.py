"""Tests of TLS: no password is sent to a server whose certificate is not verified."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from functions.postgresql.session import DatabaseFault
from sandbox.postgresql.certificates import authority
from tests.functions.rotate_database.stage import Stage


@pytest.mark.attack(34)
def test_refuses_a_server_of_another_authority(stage: Stage, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(authority("Another authority")[1].public_bytes(Encoding.PEM))
    with pytest.raises(DatabaseFault, match="the server is not verified"):
        replace(stage.database, ca_file=other).prove(stage.login(), "master")


@pytest.mark.attack(34)
def test_refuses_a_server_of_another_name(stage: Stage) -> None:
    with pytest.raises(DatabaseFault, match="the server is not verified"):
        replace(stage.database, host="127.0.0.2").prove(stage.login(), "master")


@pytest.fixture
def plain_server() -> Iterator[tuple[int, list[bytes]]]:
    """A server that refuses TLS and records what it receives."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                heard.append(connection.recv(1024))
                connection.sendall(b"N")
                heard.append(connection.recv(1024))

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join(timeout=5)


@pytest.mark.attack(34)
def test_sends_nothing_to_a_server_without_tls(stage: Stage, plain_server: tuple[int, list[bytes]]) -> None:
    port, heard = plain_server
    with pytest.raises(DatabaseFault, match="no connection"):
        replace(stage.database, host="127.0.0.1", port=port).prove(stage.login(), "master")
    assert [len(message) for message in heard] in ([8], [8, 0]), "the request for TLS, and no more"


@pytest.mark.attack(34)
def test_fails_plainly_without_the_bundle_of_authorities(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(DatabaseFault, match=r"bundle\.pem is not in the package: run `make ca-bundle`"):
        replace(stage.database, ca_file=tmp_path / "bundle.pem").prove(stage.login(), "master")


def test_names_the_door_it_could_not_reach(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(DatabaseFault, match=f"app_a at localhost:{port}: no connection"):
        replace(stage.database, port=port).prove(stage.login(), "master")
