"""Opens PostgreSQL sessions with a verified server certificate, and reports why one cannot be opened."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pg8000.native as pg
from scramp import ScramException

TIMEOUT_S: Final = 10
_SETTINGS: Final = {
    "lock_timeout": "2s",
    # The application may create functions in `public`; none may run with the master user's privileges.
    "search_path": "pg_catalog, pg_temp",
}
LACKS_PRIVILEGE: Final = "42501"
# The only error codes that mean "user and password are not accepted"; any other is raised.
_LOGIN_REFUSED: Final = {"28P01", "28000"}
_MEANINGS: Final = {
    LACKS_PRIVILEGE: "the user lacks a privilege",
    "53300": "no connection is free: the server's max_connections or the role's CONNECTION LIMIT is reached",
    "55P03": "another session holds a lock on an object that is to change its owner; rotate again",
}


class DatabaseFault(Exception):
    """The server cannot be reached, or returned an error; the message contains the cause and no value."""

    def __init__(self, message: str, sqlstate: str | None = None) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class LoginRefused(DatabaseFault):
    """The server does not accept this user with this password."""


@dataclass(frozen=True)
class Login:
    """A user and its password; the repr omits the password."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Server:
    """One database of one server, and the CA bundle that verifies the server's certificate."""

    host: str
    port: int
    database: str
    ca_file: Path
    application_name: str
    """The name of this function's sessions in ``pg_stat_activity``."""
    timeout_s: int = TIMEOUT_S
    """The limit of a statement, and of the wait for a connection."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further run-time parameters of the session."""

    @contextmanager
    def session(self, login: Login) -> Iterator[pg.Connection]:
        """Open a session of this login; every error in it is raised as a :class:`DatabaseFault`."""
        where = f"{login.user} at {self.host}:{self.port}"
        try:
            session = pg.Connection(
                login.user,
                password=login.password,
                host=self.host,
                port=self.port,
                database=self.database,
                # An own context, because pg8000's `ssl_context=True` does not verify the certificate.
                ssl_context=self._verifying(),
                timeout=self.timeout_s,
                application_name=self.application_name,
                startup_params={
                    **_SETTINGS,
                    "statement_timeout": f"{self.timeout_s}s",
                    **self.settings,
                },
            )
        except pg.DatabaseError as refusal:
            if sqlstate(refusal) in _LOGIN_REFUSED:
                raise LoginRefused(f"{where}: the login is refused", sqlstate(refusal)) from None
            raise _fault(where, refusal) from None
        except ScramException:
            raise DatabaseFault(f"{where}: the password is not one that SCRAM allows") from None
        except ssl.SSLError as problem:
            raise DatabaseFault(f"{where}: the server is not verified ({problem.reason})") from None
        except (pg.InterfaceError, OSError) as problem:
            raise DatabaseFault(f"{where}: no connection ({type(problem).__name__}: {problem})") from None
        try:
            yield session
        except pg.DatabaseError as refusal:
            raise _fault(where, refusal) from None
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


def _fault(where: str, refusal: pg.DatabaseError) -> DatabaseFault:
    state = sqlstate(refusal)
    meaning = f": {_MEANINGS[state]}" if state in _MEANINGS else ""
    return DatabaseFault(f"{where}: SQLSTATE {state}{meaning}", state)


def sqlstate(refusal: pg.DatabaseError) -> str:
    """The SQLSTATE of an error: the rest of it may contain the statement."""
    answer = refusal.args[0] if refusal.args else None
    return answer.get("C", "unknown") if isinstance(answer, dict) else "unknown"
