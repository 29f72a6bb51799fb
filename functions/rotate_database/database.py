"""Sets the password of one of two PostgreSQL login roles, and checks that it acts as their owner role."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import pg8000.native as pg
from scramp import ScramMechanism

from functions.postgresql.restore_reader import CREATE_ROLE, GRANT_SELECT
from functions.postgresql.session import LACKS_PRIVILEGE, DatabaseFault, Login, LoginRefused, Server

from .roles import Roles, as_owner, barred, reassign, refuse_further_rights, restore

APPLICATION_NAME: Final = "strongroom-rotation"


class Database(Protocol):
    """The operations on the database that a rotation needs."""

    def set_password(self, master: Login, login: Login) -> bool:
        """Restore the roles, and set the password unless it works already; return whether it was set."""
        ...

    def prove(self, login: Login, master: str) -> None:
        """Log in, and check that the session acts as the owner without further privileges."""
        ...

    def grant_restore_reader(self, master: Login) -> None:
        """Create the role that reads restored copies where it is missing, and grant it the owner's tables."""
        ...


@dataclass(frozen=True)
class PostgreSQL:
    """The operations on a PostgreSQL server, with pg8000."""

    host: str
    port: int
    database: str
    roles: Roles
    ca_file: Path

    @property
    def _server(self) -> Server:
        return Server(self.host, self.port, self.database, self.ca_file, APPLICATION_NAME)

    def can_log_in(self, login: Login) -> bool:
        """Whether the server accepts this user and password."""
        try:
            with self._server.session(login):
                return True
        except LoginRefused:
            return False

    def prove(self, login: Login, master: str) -> None:
        """Log in, and check that the session acts as the owner without further privileges."""
        owner = self.roles.owner
        with self._server.session(login) as session:
            refuse_further_rights(session, self.roles, master)
            if session.run("SELECT current_user") != [[owner]]:
                raise DatabaseFault(f"{login.user} does not act as {owner}")
            # The privileges that remain after SET ROLE NONE.
            if session.run("SELECT pg_has_role(session_user, :owner, 'USAGE')", owner=owner) != [[True]]:
                raise DatabaseFault(f"{login.user} does not inherit the rights of {owner}")

    def set_password(self, master: Login, login: Login) -> bool:
        """Restore the roles, and set the password unless it works already; return whether it was set."""
        try:
            with self._server.session(master) as session:
                return self._set_password(session, master.user, login)
        except DatabaseFault as fault:
            if fault.sqlstate != LACKS_PRIVILEGE:
                raise
            names = ", ".join(self.roles.names)
            raise DatabaseFault(
                f"{fault} on the roles; after an upgrade to PostgreSQL 16 or later, let a superuser or a "
                f"member of rds_superuser run GRANT {names} TO {master.user} WITH ADMIN OPTION; then rotate",
                fault.sqlstate,
            ) from None

    def _set_password(self, session: pg.Connection, master: str, login: Login) -> bool:
        refuse_further_rights(session, self.roles, master)
        wanted = barred(session, login.user) or not self.can_log_in(login)
        if wanted:
            self._refuse_live_sessions(session, login.user)
        restore(session, self.roles, self.database, master)
        reassign(session, self.roles, master)
        if wanted:
            # ALTER ROLE takes no bind parameter. The verifier is sent instead of the password, which the
            # server would write to its log. One statement: a login that was disabled by hand is not enabled
            # with an old password.
            verifier = pg.literal(scram_verifier(login.password))
            session.run(
                f"ALTER ROLE {pg.identifier(login.user)} LOGIN PASSWORD {verifier} "
                "VALID UNTIL 'infinity' CONNECTION LIMIT -1"
            )
        return wanted

    def grant_restore_reader(self, master: Login) -> None:
        """Create the role that reads restored copies where it is missing, and grant it the owner's tables."""
        with self._server.session(master) as session:
            session.run(CREATE_ROLE)
            as_owner(session, self.roles.owner, master.user, GRANT_SELECT)

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


def scram_verifier(password: str) -> str:
    """The SCRAM verifier that the server stores instead of a password; it cannot be used to log in."""
    salt, stored_key, server_key, iterations = ScramMechanism("SCRAM-SHA-256").make_auth_info(password)
    salt, stored_key, server_key = (
        base64.b64encode(part).decode() for part in (salt, stored_key, server_key)
    )
    return f"SCRAM-SHA-256${iterations}:{salt}${stored_key}:{server_key}"
