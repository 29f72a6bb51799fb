"""Starts a PostgreSQL server in a temporary folder, with TLS on loopback, and stops it."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, LiteralString

import psycopg
from psycopg import sql

from sandbox.postgresql import certificates, scram
from sandbox.postgresql.installations import Installation

START_TIMEOUT_S = 30
ROOT = Path(__file__).resolve().parents[2]

_CONF = """
unix_socket_directories = ''
password_encryption = scram-sha-256
max_connections = 60
shared_buffers = 128MB
max_wal_size = 4GB
log_line_prefix = '%u@%d '
"""
_TLS_CONF = """
listen_addresses = '127.0.0.1,127.0.0.2'
ssl = on
ssl_cert_file = '{home}/server.pem'
ssl_key_file = '{home}/server.key'
"""
_PLAIN_CONF = "listen_addresses = '127.0.0.1'\n"
_UNSAFE_CONF = """
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
"""
_HBA = "{kind} all all 127.0.0.0/8 scram-sha-256\n"


@dataclass(frozen=True)
class Server:
    """A running server: its address, the certificate of its authority, and its superuser."""

    port: int
    ca_file: Path
    log_file: Path
    password: str
    host: str = "localhost"
    user: str = "postgres"
    server_port: int = 0
    """The server's own port, behind the TLS proxy where it has one."""

    def dsn(self, database: str = "postgres", *, user: str | None = None, password: str | None = None) -> str:
        """A connection string that verifies the server's certificate."""
        return (
            f"host={self.host} hostaddr=127.0.0.1 port={self.port} dbname={database} "
            f"user={user or self.user} password={password or self.password} "
            f"sslmode=verify-full sslrootcert={self.ca_file}"
        )

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A session of the superuser, in autocommit."""
        return psycopg.connect(self.dsn(database), autocommit=True)

    def create_database(self, name: LiteralString) -> str:
        """Create an empty database of this name, replacing an existing one; return its connection string."""
        quoted = sql.Identifier(name)
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
        return self.dsn(name)

    def log(self) -> str:
        """The server's log so far."""
        return self.log_file.read_text(errors="replace")


@contextmanager
def run(installation: Installation, *, durable: bool = False) -> Iterator[Server]:
    """Start a server and stop it at the end; ``durable`` writes to disk as a production server does."""
    with ExitStack() as exits:
        home = Path(tempfile.mkdtemp(prefix="strongroom-postgres-"))
        exits.callback(shutil.rmtree, home, ignore_errors=True)
        user = _unprivileged_user()
        port = _free_port()
        own_port = port if installation.tls else _free_port()
        server = Server(
            port=port,
            server_port=own_port,
            ca_file=home / certificates.AUTHORITY,
            log_file=home / "log",
            password=secrets.token_hex(16),
        )
        certificates.write(home)
        (home / "password").write_text(scram.verifier(server.password))
        _give_to(user, home)
        _create(installation, home, user, own_port, durable=durable)
        # PostgreSQL's fast shutdown, on SIGINT, does not wait for sessions.
        postgres = [str(installation.binaries / "postgres"), "-D", str(home / "data")]
        programs = [([*_as(user), *postgres], signal.SIGINT)]
        if not installation.tls:
            proxy = _proxy(home, server.port, own_port)
            programs.append(([*_as(None, signal.SIGTERM), *proxy], signal.SIGTERM))
        with server.log_file.open("wb") as log:
            processes = [
                exits.enter_context(_started(command, stop, log, home)) for command, stop in programs
            ]
        _wait_until_ready(server, processes)
        yield server


def _create(
    installation: Installation, home: Path, user: pwd.struct_passwd | None, port: int, *, durable: bool
) -> None:
    initdb = [str(installation.binaries / "initdb"), "-D", str(home / "data"), "-U", "postgres", "-E", "UTF8"]
    initdb += ["--no-sync", "--locale=C", "--auth=scram-sha-256", f"--pwfile={home / 'password'}"]
    subprocess.run([*_as(user), *initdb], check=True, capture_output=True, cwd=home)
    address = _TLS_CONF.format(home=home) if installation.tls else _PLAIN_CONF
    conf = f"port = {port}\n{address}{_CONF}{'' if durable else _UNSAFE_CONF}"
    (home / "data/postgresql.conf").write_text(conf)
    (home / "data/pg_hba.conf").write_text(_HBA.format(kind="hostssl" if installation.tls else "host"))


def _proxy(home: Path, port: int, server_port: int) -> list[str]:
    command = [sys.executable, "-m", "sandbox.postgresql.tls_proxy", "--port", str(port)]
    command += ["--server", f"127.0.0.1:{server_port}", "--certificate", str(home / certificates.CERTIFICATE)]
    return [*command, "--key", str(home / certificates.KEY)]


@contextmanager
def _started(
    command: Sequence[str], stop: signal.Signals, log: BinaryIO, home: Path
) -> Iterator[subprocess.Popen[bytes]]:
    # So that Python finds the proxy's module from any folder.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd=home, env=environment)
    try:
        yield process
    finally:
        process.send_signal(stop)
        process.wait(timeout=START_TIMEOUT_S)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """The user that the server runs as where this process is root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as(user: pwd.struct_passwd | None, stop: signal.Signals = signal.SIGINT) -> list[str]:
    # The death signal stops the program even when this process is killed.
    command = ["setpriv", "--pdeathsig", stop.name.removeprefix("SIG")] if shutil.which("setpriv") else []
    if user is not None:
        command += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return command


def _give_to(user: pwd.struct_passwd | None, home: Path) -> None:
    if user is not None:
        for path in (home, *home.iterdir()):
            os.chown(path, user.pw_uid, user.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(server: Server, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            ended = any(process.poll() is not None for process in processes)
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{server.log()}") from None
            time.sleep(0.05)
        else:
            return
