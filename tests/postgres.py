"""A throwaway PostgreSQL with TLS of its own authority, on loopback, gone when the tests are."""

from __future__ import annotations

import datetime as dt
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from psycopg import sql

START_TIMEOUT_S = 30
INSTALL = "PostgreSQL is not installed: apt-get update && apt-get install -y postgresql"

_CONF = """
listen_addresses = '127.0.0.1,127.0.0.2'
port = {port}
unix_socket_directories = ''
ssl = on
ssl_cert_file = '{home}/server.pem'
ssl_key_file = '{home}/server.key'
password_encryption = scram-sha-256
max_connections = 60
shared_buffers = 128MB
max_wal_size = 4GB
log_line_prefix = '%u@%d '
"""
_HASTY = """
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
"""
# The certificate names localhost and 127.0.0.1; 127.0.0.2 answers too, as the host with the wrong name.
_HBA = "hostssl all all 127.0.0.0/8 scram-sha-256\n"


@dataclass(frozen=True)
class Postgres:
    """Where the server is, how to verify it, and its superuser."""

    port: int
    ca_file: Path
    log_file: Path
    password: str
    host: str = "localhost"
    user: str = "postgres"

    def dsn(self, database: str = "postgres", *, user: str | None = None, password: str | None = None) -> str:
        """A connection string that verifies the server."""
        return (
            f"host={self.host} hostaddr=127.0.0.1 port={self.port} dbname={database} "
            f"user={user or self.user} password={password or self.password} "
            f"sslmode=verify-full sslrootcert={self.ca_file}"
        )

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """The superuser's session, in autocommit."""
        return psycopg.connect(self.dsn(database), autocommit=True)

    def create_database(self, name: LiteralString) -> str:
        """An empty database of this name, whatever was there before; its connection string."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.dsn(name)

    def log(self) -> str:
        """Everything the server has logged so far."""
        return self.log_file.read_text(errors="replace")


def find_binaries() -> Path | None:
    """The directory of initdb and postgres, of the newest version that is installed."""
    # Debian puts only wrappers for clients on PATH; a link on PATH leads to the real directory.
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    return next((path for path in candidates if (path / "postgres").exists()), None)


def run_server(binaries: Path, *, durable: bool = False) -> Generator[Postgres]:
    """Start a server, hand it out once, and stop it; ``durable`` writes as a production server does."""
    home = Path(tempfile.mkdtemp(prefix="strongroom-postgres-"))
    user = _unprivileged_user()
    server: subprocess.Popen[bytes] | None = None
    try:
        ready = Postgres(
            port=_free_port(), ca_file=home / "ca.pem", log_file=home / "log", password=secrets.token_hex(16)
        )
        _write_certificates(home)
        (home / "password").write_text(ready.password)
        _give_to(user, home)
        initdb = [
            str(binaries / "initdb"),
            "-D",
            str(home / "data"),
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        initdb += ["--locale=C", "--auth=scram-sha-256", f"--pwfile={home / 'password'}"]
        subprocess.run([*_as(user), *initdb], check=True, capture_output=True, cwd=home)
        (home / "data/postgresql.conf").write_text(
            _CONF.format(port=ready.port, home=home) + ("" if durable else _HASTY)
        )
        (home / "data/pg_hba.conf").write_text(_HBA)
        with ready.log_file.open("wb") as log:
            command = [*_as(user), str(binaries / "postgres"), "-D", str(home / "data")]
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=home)
        _wait_until_ready(ready, server)
        yield ready
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it does not wait for sessions
            server.wait(timeout=START_TIMEOUT_S)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of the session."""
    binaries = find_binaries()
    if binaries is None:
        # In CI a skipped proof would look like a passed one.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(INSTALL)
    yield from run_server(binaries)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom the server runs as where we are root, as whom it refuses to run."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as(user: pwd.struct_passwd | None) -> list[str]:
    # The death signal stops the server even when the tests are killed outright.
    command = ["setpriv", "--pdeathsig", "INT"]
    if user is not None:
        command += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return command


def _give_to(user: pwd.struct_passwd | None, home: Path) -> None:
    (home / "server.key").chmod(0o600)
    if user is not None:
        for path in (home, *home.iterdir()):
            os.chown(path, user.pw_uid, user.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(server: Postgres, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{server.log()}") from None
            time.sleep(0.05)
        else:
            return


def authority(owner: str = "Test authority") -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A certificate authority made up on the spot."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, owner)])
    builder = _builder(subject, subject, key).add_extension(x509.BasicConstraints(True, 0), critical=True)
    return key, builder.sign(key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=2))
    )


def _write_certificates(home: Path) -> None:
    ca_key, ca = authority()
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = _builder(subject, ca.subject, key).add_extension(names, critical=False)
    pem = serialization.Encoding.PEM
    (home / "ca.pem").write_bytes(ca.public_bytes(pem))
    (home / "server.pem").write_bytes(certificate.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    (home / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
