"""Says what an error of PostgreSQL means and what to do, by its SQLSTATE: one table for every command.

Source: appendix A of the manual. Of a session that cannot be opened, libpq gives no SQLSTATE, only a text.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from ops.core.exits import Exit


@dataclass(frozen=True)
class Cause:
    """What several SQLSTATEs mean."""

    what: str
    remedy: str
    exit: Exit = Exit.UNREACHABLE
    passes: bool = False
    """Whether a new session may succeed soon: the server restarts, fails over or has no free connection."""


LOST = Cause("the connection was lost", "check the network, and the server's events in RDS", passes=True)
_PASSWORD = Cause("it rejects this user and password", "check both, and whether the password was rotated")
_NO_LOGIN = Cause(
    "this role may not log in from here",
    "check that the role has LOGIN, and that pg_hba.conf (on RDS: rds.force_ssl) accepts the connection",
)
_NO_DATABASE = Cause("it has no such database or user", "check the name in the connection string")
_NOT_ACCEPTING = Cause(
    "the database or the object is not in a state for this",
    "a database with ALLOW_CONNECTIONS false accepts nobody: see pg_database.datallowconn",
)
_FULL = Cause(
    "no connection is free: max_connections or the role's or database's CONNECTION LIMIT is reached",
    "end idle sessions, or raise the limit",
    passes=True,
)
_STOPPING = Cause("the server starts, stops or fails over", "run the command again in a minute", passes=True)
_ENDED = Cause("an administrator or a timeout ended the session", "run the command again", passes=True)
_STORAGE = Cause("the server's storage is full", "raise the allocated storage, then run the command again")
_MEMORY = Cause("the server is out of memory", "run the command again when it has less to do")
_IO = Cause("the server cannot read or write its storage", "see the server's events and its log")
_PRIVILEGE = Cause(
    "a privilege is missing, or row-level security hides rows from this role",
    "connect as the owner of the tables",
    Exit.REFUSED,
)
_READ_ONLY = Cause("the server is read-only", "give the primary's address", passes=True)
_LIMIT = Cause("a limit of the server's configuration is reached", "its log names the parameter")
_LOCKED = Cause("another session holds a lock", "run the command again when it has ended")
_UNKNOWN_NAME = Cause(
    "a table, column or function does not exist", "check encryptedColumns in the stack file", Exit.BAD_INPUT
)
_OLD = Cause(
    "this server does not know what it is asked for", "PostgreSQL 13 or newer is needed", Exit.BAD_INPUT
)
UNKNOWN = Cause("the server refused", "its log has the text of the error")

_STATES = {
    "25006": _READ_ONLY,
    "25P03": _ENDED,
    "28000": _NO_LOGIN,
    "28P01": _PASSWORD,
    "3D000": _NO_DATABASE,
    "42501": _PRIVILEGE,
    "42883": _UNKNOWN_NAME,
    "42703": _UNKNOWN_NAME,
    "42P01": _UNKNOWN_NAME,
    "3F000": _UNKNOWN_NAME,
    "40001": _LOCKED,
    "40P01": _LOCKED,
    "53100": _STORAGE,
    "53200": _MEMORY,
    "53300": _FULL,
    "53400": _LIMIT,
    "55000": _NOT_ACCEPTING,
    "55006": _LOCKED,
    "55P03": _LOCKED,
    "57P01": _ENDED,
    "57P02": _STOPPING,
    "57P03": _STOPPING,
    "57P04": _NO_DATABASE,
    "57P05": _ENDED,
}
_CLASSES = {
    "08": LOST,
    "0A": _OLD,
    "28": _NO_LOGIN,
    "53": _MEMORY,
    "57": _ENDED,
    "58": _IO,
}
# Parts of the server's texts, and of libpq's own, for sessions that could not be opened.
_TEXTS: tuple[tuple[str, Cause], ...] = (
    ("password authentication failed", _PASSWORD),
    ("is not permitted to log in", _NO_LOGIN),
    ("no pg_hba.conf entry", _NO_LOGIN),
    ("PAM authentication failed", _PASSWORD),
    ("not currently accepting connections", _NOT_ACCEPTING),
    ("remaining connection slots", _FULL),
    ("too many connections", _FULL),
    ("too many clients", _FULL),
    ("the database system is", _STOPPING),
    ("terminating connection", _ENDED),
    (
        "certificate",
        Cause("its certificate cannot be verified", "check sslrootcert and the host name"),
    ),
    ("does not support SSL", Cause("it does not support TLS", "check host and port")),
    ("resolve host", Cause("its host name cannot be resolved", "check the host name and the network")),
    ("refused", Cause("it refuses connections", "check host and port", passes=True)),
    (
        "timeout",
        Cause("it does not respond in time", "check the network and its security group", passes=True),
    ),
    ("does not exist", _NO_DATABASE),
    ("closed the connection", LOST),
    ("connection is closed", LOST),
    ("connection is lost", LOST),
    ("consuming input failed", LOST),
    ("reset by peer", LOST),
)
_NOT_REACHED = Cause("there is no answer", "check host, port and network", passes=True)


def cause_of(sqlstate: str) -> Cause:
    """The cause of a SQLSTATE."""
    return _STATES.get(sqlstate) or _CLASSES.get(sqlstate[:2]) or UNKNOWN


def cause(problem: psycopg.Error) -> Cause:
    """The cause of an error: by its SQLSTATE, or by the server's text where no session was opened.

    The text is not to be shown: it may quote a row, or a part of the password that libpq took for the host.
    """
    if problem.sqlstate:
        return cause_of(problem.sqlstate)
    if isinstance(problem, psycopg.InterfaceError):
        return LOST
    text = str(problem)
    return next((one for sign, one in _TEXTS if sign in text), _NOT_REACHED)


def described(problem: psycopg.Error) -> str:
    """The cause and its remedy in one line, with the SQLSTATE if there is one."""
    found = cause(problem)
    state = f" (SQLSTATE {problem.sqlstate})" if problem.sqlstate else ""
    return f"{found.what}{state}: {found.remedy}"
