"""The database side of the rotation function: a PostgreSQL that is given, or who may log in with what."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from sandbox.config import BadInput
from sandbox.moto import lambda_runtime
from sandbox.moto.hooks import FORGET

_passwords: dict[tuple[str, str], str] = {}


class Database:
    """Answers what a rotation asks of a database; keeps passwords in memory only."""

    def __init__(self, *, host: str, roles: Any, **_: Any) -> None:
        self.host, self.roles = host, roles

    def can_log_in(self, login: Any) -> bool:
        """Whether the user has this password."""
        return _passwords.get((self.host, login.user)) == login.password

    def set_password(self, master: Any, login: Any) -> bool:
        """Only one of the two logins, and only with a master's password at hand; whether it was given."""
        if not master.password or login.user not in self.roles.logins:
            raise ValueError("the stand-in database knows no such login")
        works = self.can_log_in(login)
        _passwords[self.host, login.user] = login.password
        return not works

    def prove(self, login: Any, master: str) -> None:
        """Logging in is all there is to prove here."""
        if not self.can_log_in(login):
            raise ValueError(f"{login.user} cannot log in")


class Given:
    """The function's own client, led to a server that stands for the instance under another address."""

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
        """As the function does it, once there is what RDS makes with an instance: master and database."""
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
            there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self._database])
            if not there.fetchone():
                admin.execute(SQL("CREATE DATABASE {} OWNER {}").format(database, user))


def use(dsn: str) -> None:
    """Have rotations work on this server, as its superuser; the password is libpq's business (PGPASSWORD)."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        known = conninfo_to_dict(dsn)
    except ProgrammingError:
        known = {}
    if not {"host", "port", "sslrootcert"} <= known.keys():
        raise BadInput("--postgres: must be a libpq connection string with host, port and sslrootcert")
    if "password" in known:
        raise BadInput("--postgres: takes no password; put it into PGPASSWORD")
    lambda_runtime.REROUTED["PostgreSQL"] = lambda real: partial(Given, real, dsn)


def install() -> None:
    """The handler's own code runs; only its database is replaced."""
    FORGET.append(_passwords.clear)
    lambda_runtime.STAND_INS["PostgreSQL"] = lambda: Database
