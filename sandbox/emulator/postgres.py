"""The database side of the rotation function where there is no PostgreSQL: who may log in, and with what."""

from __future__ import annotations

from typing import Any

from sandbox.emulator import lambdas
from sandbox.emulator.hooks import FORGET

_passwords: dict[tuple[str, str], str] = {}


class Database:
    """Answers what a rotation asks of a database; keeps passwords in memory only."""

    def __init__(self, *, host: str, roles: Any, **_: Any) -> None:
        self.host, self.roles = host, roles

    def can_log_in(self, login: Any) -> bool:
        """Whether the user has this password."""
        return _passwords.get((self.host, login.user)) == login.password

    def set_password(self, master: Any, login: Any) -> None:
        """Only one of the two logins, and only with a master's password at hand."""
        if not master.password or login.user not in self.roles.logins:
            raise ValueError("the stand-in database knows no such login")
        _passwords[self.host, login.user] = login.password

    def prove(self, login: Any) -> None:
        """Logging in is all there is to prove here."""
        if not self.can_log_in(login):
            raise ValueError(f"{login.user} cannot log in")


def install() -> None:
    """The handler's own code runs; only its database is replaced."""
    FORGET.append(_passwords.clear)
    lambdas.STAND_INS["PostgreSQL"] = lambda: Database
