"""Opens database sessions with verified TLS and short lock timeouts, and reconnects lost ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Final, LiteralString, TypeVar

import psycopg
from psycopg import Connection, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ops.core.causes.postgresql import cause, described
from ops.core.exits import Exit, Stop

APPLICATION_NAME: Final = "strongroom-reencrypt"
RETRY_DELAYS_S: Final = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
_HEALTHY_S: Final = 60
"""Seconds after which a lost session counts as a new failure, so that the retries begin again."""
_STRONG_SSL: Final = ("require", "verify-ca", "verify-full")
_SETTINGS: Final[dict[str, LiteralString]] = {
    # PostgreSQL then raises an error where a policy would hide rows: a verification must see all of them.
    "row_security": "SET row_security = off",
    # A locked row is left for the next pass; and other sessions never wait long for a lock of this one.
    "lock_timeout": "SET lock_timeout = '2s'",
    "statement_timeout": "SET statement_timeout = '30s'",
    # A generic plan may read and sort the whole range for every page.
    "plan_cache_mode": "SET plan_cache_mode = force_custom_plan",
    # A page that a crash of the server loses is found by the next pass. Verifications are committed
    # synchronously, which also flushes all earlier commits.
    "synchronous_commit": "SET synchronous_commit = off",
}
LOST: Final = (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)
"""The connection may be lost, or the server a replica now; the cause says whether a new session helps."""
BUSY: Final = (
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    errors.QueryCanceled,
    errors.SerializationFailure,  # a row that moves to another partition
)
"""Another session holds the rows; the connection works."""

_T = TypeVar("_T")


class Database:
    """Opens sessions of one database; no repr or message contains its connection string."""

    def __init__(self, dsn: str, *, delays_s: tuple[float, ...] = RETRY_DELAYS_S) -> None:
        fields = None
        try:
            fields = conninfo_to_dict(dsn)
        except psycopg.ProgrammingError:
            fields = None
        if not fields:
            # Raised outside the handler: libpq's message quotes the connection string.
            raise Stop(Exit.BAD_INPUT, "the database's connection string cannot be read")
        ssl_mode = fields.get("sslmode") or "require"
        if ssl_mode not in _STRONG_SSL:
            raise Stop(
                Exit.BAD_INPUT, f"sslmode={ssl_mode} may fall back to plain text: {', '.join(_STRONG_SSL)}"
            )
        known = {
            "sslmode": ssl_mode,
            "application_name": APPLICATION_NAME,
            "client_encoding": "utf8",
            "connect_timeout": 10,
        }
        self.host = str(fields["host"]) if fields.get("host") else None
        self._conninfo = make_conninfo(**{**fields, **known})
        self._delays_s = delays_s

    def __repr__(self) -> str:
        return "Database(...)"

    def connect(self) -> Connection[Any]:
        """Open a session in autocommit, with the settings applied."""
        connection = psycopg.connect(self._conninfo, autocommit=True)
        for statement in _SETTINGS.values():
            connection.execute(statement)
        return connection

    def first(self) -> Connection[Any]:
        """Open the first session; :class:`Stop` for an unreachable or a read-only server."""
        try:
            connection = self.connect()
        except psycopg.OperationalError as problem:
            found = cause(problem)
            raise Stop(found.exit, f"the database cannot be reached: {described(problem)}") from None
        read_only = connection.execute("SHOW transaction_read_only").fetchone()
        if read_only != ("off",):
            connection.close()
            raise Stop(Exit.BAD_INPUT, "this server is read-only (a replica): give the primary's address")
        return connection

    def persistently(self, attempt: Callable[[Connection[Any]], _T]) -> _T:
        """Run ``attempt`` on a session of its own, as :meth:`LastingSession.run` does."""
        with closing(LastingSession(self)) as session:
            return session.run(attempt)

    def waits_s(self) -> Iterator[float]:
        """Seconds to wait before each new attempt to connect."""
        return iter(self._delays_s)


class LastingSession:
    """A session that is opened when it is first used, and again after it was lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.connection: Connection[Any] | None = None
        """The open connection, if any."""

    def run(self, attempt: Callable[[Connection[Any]], _T]) -> _T:
        """Run ``attempt``, and repeat it on a new session when the session is lost.

        ``attempt`` may be repeated after an interruption at any point. :class:`Stop` after the last
        of the database's retries.
        """
        waits, started = self._database.waits_s(), time.monotonic()
        while True:
            try:
                if self.connection is None:
                    self.connection = self._database.connect()
                return attempt(self.connection)
            except BUSY:
                raise
            except LOST as problem:
                if not cause(problem).passes:
                    raise
                self.close()
                if time.monotonic() - started > _HEALTHY_S:
                    waits = self._database.waits_s()
                delay = next(waits, None)
                if delay is None:
                    raise Stop(
                        Exit.UNREACHABLE, f"the database: {described(problem)}; run again to resume"
                    ) from None
                time.sleep(delay)
                started = time.monotonic()

    def close(self) -> None:
        """Close the session, if one is open."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@contextmanager
def refusals() -> Iterator[None]:
    """Turn errors of PostgreSQL into :class:`Stop` without their message, which may quote a row."""
    try:
        yield
    except psycopg.Error as problem:
        kept = "rows written so far are kept: run again to resume"
        raise Stop(cause(problem).exit, f"the database refused: {described(problem)}; {kept}") from None
