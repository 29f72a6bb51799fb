"""Gives the rotation function a database: a PostgreSQL server where there is one, else a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sandbox import postgresql
from sandbox.config import BadInput
from sandbox.moto import lambda_runtime
from sandbox.moto.hooks import FORGET

WITH_ADMIN_OPTION = 160000
"""Since PostgreSQL 16, CREATEROLE alone does not allow granting a role."""
_passwords: dict[tuple[str, str], str] = {}


class Database:
    """Answers what a rotation asks of a database, and keeps passwords in memory only."""

    def __init__(self, *, host: str, roles: Any, **_: Any) -> None:
        self.host, self.roles = host, roles

    def can_log_in(self, login: Any) -> bool:
        """Whether the user has this password."""
        return _passwords.get((self.host, login.user)) == login.password

    def set_password(self, master: Any, login: Any) -> bool:
        """Store the password of one of the two logins; return whether it changed."""
        if not master.password or login.user not in self.roles.logins:
            raise ValueError("the stand-in database knows no such login")
        given = not self.can_log_in(login)
        _passwords[self.host, login.user] = login.password
        return given

    def prove(self, login: Any, master: str) -> None:
        """Compare the password; there are no privileges to check."""
        if not self.can_log_in(login):
            raise ValueError(f"{login.user} cannot log in")

    def grant_restore_reader(self, master: Any) -> None:
        """Accept the master user; there are no tables to grant."""
        if not master.password:
            raise ValueError("the stand-in database knows no such login")


class Given:
    """The function's own client, connected to a server that stands for the RDS instance."""

    def __init__(self, real: Any, dsn: str, *, database: str, roles: Any, **_: Any) -> None:
        from psycopg.conninfo import conninfo_to_dict

        where = conninfo_to_dict(dsn)
        self._dsn, self._database = dsn, database
        self._there = real(
            host=where["host"],
            port=int(where["port"] or 0),
            database=database,
            roles=roles,
            ca_file=Path(str(where["sslrootcert"])),
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._there, name)

    def set_password(self, master: Any, login: Any) -> bool:
        """Connect as the function does, after creating what RDS creates: roles and the database."""
        self._make_instance(master)
        return self._there.set_password(master, login)

    def _make_instance(self, master: Any) -> None:
        import psycopg
        from psycopg.sql import SQL, Identifier, Literal

        user, database = Identifier(master.user), Identifier(self._database)
        with psycopg.connect(self._dsn, autocommit=True) as admin:
            known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [master.user]).fetchone()
            verifier = admin.pgconn.encrypt_password(
                master.password.encode(), master.user.encode(), b"scram-sha-256"
            )
            admin.execute(
                SQL("{} ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}").format(
                    SQL("ALTER" if known else "CREATE"), user, Literal(verifier.decode())
                )
            )
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'rds_iam'").fetchone():
                admin.execute("CREATE ROLE rds_iam NOLOGIN")
            if admin.info.server_version >= WITH_ADMIN_OPTION:
                # RDS lets its master grant this role without the option.
                admin.execute(
                    SQL("GRANT rds_iam TO {} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE").format(user)
                )
            there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self._database])
            if not there.fetchone():
                admin.execute(SQL("CREATE DATABASE {} OWNER {}").format(database, user))


def use(dsn: str) -> None:
    """Let rotations use this server, as its superuser; the password comes from PGPASSWORD."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        known = conninfo_to_dict(dsn)
    except ProgrammingError:
        known = {}
    if not {"host", "port", "sslrootcert"} <= known.keys():
        raise BadInput("--postgres: must be a libpq connection string with host, port and sslrootcert")
    if "password" in known:
        raise BadInput("--postgres: must not contain the password; put it into PGPASSWORD")
    _lead_to(dsn)


@contextmanager
def local_server() -> Iterator[None]:
    """Let rotations use a PostgreSQL of this machine while the context is open.

    Start nothing where none is installed, or where a server was given.
    """
    installation = postgresql.find()
    if installation is None or "PostgreSQL" in lambda_runtime.REROUTED:
        yield
        return
    with postgresql.run(installation) as server:
        _lead_to(server.dsn())
        try:
            yield
        finally:
            del lambda_runtime.REROUTED["PostgreSQL"]


def _lead_to(dsn: str) -> None:
    lambda_runtime.REROUTED["PostgreSQL"] = lambda real: partial(Given, real, dsn)


def install() -> None:
    """Replace only the database client of the handler's module; its own code runs."""
    FORGET.append(_passwords.clear)
    lambda_runtime.STAND_INS["PostgreSQL"] = lambda: Database
