"""Two logins of one owner, on a server whose certificate is verified; no statement ever holds a password."""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import pg8000.native as pg
from scramp import ScramException, ScramMechanism

APPLICATION_NAME: Final = "strongroom-rotation"
TIMEOUT_S: Final = 10
# The only answers that mean "this user and password do not log in"; any other is a fault to be raised.
_LOGIN_REFUSED: Final = {"28P01", "28000"}
_ROLE_PREFIX: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


class DatabaseFault(Exception):
    """The server could not be asked, or refused; the message names the cause and no value."""


class LoginRefused(DatabaseFault):
    """The server answered, and does not accept this user with this password."""


@dataclass(frozen=True)
class Login:
    """A user and its password, which is in no repr."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Roles:
    """The owner of every object, and the two logins that take turns."""

    owner: str
    logins: tuple[str, str]

    @classmethod
    def of(cls, prefix: str) -> Roles:
        """The three names of one application."""
        if not _ROLE_PREFIX.fullmatch(prefix):
            raise ValueError("the role prefix must be lower-case letters, digits and underscores")
        return cls(owner=f"{prefix}_owner", logins=(f"{prefix}_a", f"{prefix}_b"))

    def other(self, user: str) -> str:
        """The login whose turn is next."""
        return self.logins[1 - self.logins.index(user)]


class Database(Protocol):
    """What a rotation asks of a database."""

    def can_log_in(self, login: Login) -> bool:
        """Whether this user and password are accepted now."""
        ...

    def set_password(self, master: Login, login: Login) -> None:
        """Give the user this password, and make what is missing of the roles."""
        ...

    def prove(self, login: Login) -> None:
        """Log in and act as the owner, or raise."""
        ...


@dataclass(frozen=True)
class PostgreSQL:
    """The real one, through pg8000."""

    host: str
    port: int
    database: str
    roles: Roles
    ca_file: Path

    def can_log_in(self, login: Login) -> bool:
        """Whether this user and password are accepted now."""
        try:
            with self._session(login):
                return True
        except LoginRefused:
            return False

    def prove(self, login: Login) -> None:
        """Log in and act as the owner, or raise."""
        with self._session(login) as session:
            if session.run("SELECT current_user") != [[self.roles.owner]]:
                raise DatabaseFault(f"{login.user} does not act as {self.roles.owner}")

    def set_password(self, master: Login, login: Login) -> None:
        """Give the user this password, and make what is missing of the roles."""
        with self._session(master) as session:
            self._refuse_live_sessions(session, login.user)
            # Statement by statement: each can be repeated, so a crash between them needs no undoing.
            self._make_roles(session)
            # Not a bind parameter, which ALTER ROLE does not take, and never the password itself, which the
            # server would write to its log.
            verifier = pg.literal(scram_verifier(login.password))
            session.run(f"ALTER ROLE {pg.identifier(login.user)} LOGIN PASSWORD {verifier}")

    def _refuse_live_sessions(self, session: pg.Connection, user: str) -> None:
        busy = session.run(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = :user AND application_name <> :own",
            user=user,
            own=APPLICATION_NAME,
        )
        if busy != [[0]]:
            # Its owner would be locked out at its next connection.
            raise DatabaseFault(
                f"a live session still uses {user}: redeploy the readers of this secret first"
            )

    def _make_roles(self, session: pg.Connection) -> None:
        owner, database = pg.identifier(self.roles.owner), pg.identifier(self.database)
        known = {name for (name,) in session.run("SELECT rolname::text FROM pg_roles") or []}
        if self.roles.owner not in known:
            session.run(f"CREATE ROLE {owner} NOLOGIN")
        session.run(f"GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {database} TO {owner}")
        session.run(f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}")
        for name in self.roles.logins:
            login = pg.identifier(name)
            if name not in known:
                session.run(f"CREATE ROLE {login} LOGIN")
            session.run(f"GRANT {owner} TO {login}")
            # Objects then belong to the owner, whichever login made them.
            session.run(f"ALTER ROLE {login} SET role = {pg.literal(self.roles.owner)}")

    @contextmanager
    def _session(self, login: Login) -> Iterator[pg.Connection]:
        where = f"{login.user} at {self.host}:{self.port}"
        try:
            session = pg.Connection(
                login.user,
                password=login.password,
                host=self.host,
                port=self.port,
                database=self.database,
                # A context of our own: pg8000's `True` encrypts without verifying anybody.
                ssl_context=self._verifying(),
                timeout=TIMEOUT_S,
                application_name=APPLICATION_NAME,
                startup_params={"statement_timeout": f"{TIMEOUT_S}s", "lock_timeout": "2s"},
            )
        except pg.DatabaseError as refusal:
            if _sqlstate(refusal) in _LOGIN_REFUSED:
                raise LoginRefused(f"{where}: the login is refused") from None
            raise DatabaseFault(f"{where}: SQLSTATE {_sqlstate(refusal)}") from None
        except ScramException:
            raise DatabaseFault(f"{where}: the password is not one that SCRAM allows") from None
        except ssl.SSLError as problem:
            raise DatabaseFault(f"{where}: the server is not verified ({problem.reason})") from None
        except (pg.InterfaceError, OSError) as problem:
            raise DatabaseFault(f"{where}: no connection ({type(problem).__name__}: {problem})") from None
        try:
            yield session
        except pg.DatabaseError as refusal:
            raise DatabaseFault(f"{where}: SQLSTATE {_sqlstate(refusal)}") from None
        except (pg.InterfaceError, OSError) as problem:
            raise DatabaseFault(f"{where}: connection lost ({type(problem).__name__})") from None
        finally:
            with suppress(pg.InterfaceError, OSError):
                session.close()

    def _verifying(self) -> ssl.SSLContext:
        if not self.ca_file.is_file():
            raise DatabaseFault(
                f"{self.ca_file.name} is not in the package: run `make ca-bundle` and deploy again"
            )
        context = ssl.create_default_context(cafile=str(self.ca_file))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def scram_verifier(password: str) -> str:
    """What the server stores instead of a password; it logs nobody in."""
    salt, stored_key, server_key, iterations = ScramMechanism("SCRAM-SHA-256").make_auth_info(password)
    salt, stored_key, server_key = (
        base64.b64encode(part).decode() for part in (salt, stored_key, server_key)
    )
    return f"SCRAM-SHA-256${iterations}:{salt}${stored_key}:{server_key}"


def _sqlstate(refusal: pg.DatabaseError) -> str:
    # The rest of the answer may quote the statement.
    answer = refusal.args[0] if refusal.args else None
    return answer.get("C", "unknown") if isinstance(answer, dict) else "unknown"
