"""Creates and restores the owner role and its two login roles, and rejects roles with further privileges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pg8000.native as pg

from functions.postgresql.role_attributes import PRIVILEGED
from functions.postgresql.session import DatabaseFault

_ROLE_PREFIX: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NAMED: Final = "= ANY (CAST(:names AS text[]))"
_ATTRIBUTES: Final = {**PRIVILEGED, "LOGIN": "rolcanlogin"}
MEMBERSHIP_OPTIONS: Final = 160000
"""Since PostgreSQL 16 memberships have options INHERIT and SET, and altering a role needs ADMIN on it."""


@dataclass(frozen=True)
class Roles:
    """The owner role of every object, and the two login roles that alternate."""

    owner: str
    logins: tuple[str, str]

    @classmethod
    def of(cls, prefix: str) -> Roles:
        """Derive the role names of an application."""
        if not _ROLE_PREFIX.fullmatch(prefix):
            raise ValueError("the role prefix must be lower-case letters, digits and underscores")
        return cls(owner=f"{prefix}_owner", logins=(f"{prefix}_a", f"{prefix}_b"))

    @property
    def names(self) -> list[str]:
        """The three role names."""
        return [self.owner, *self.logins]

    def other(self, user: str) -> str:
        """The other login role."""
        return self.logins[1 - self.logins.index(user)]


def refuse_further_rights(session: pg.Connection, roles: Roles, master: str) -> None:
    """Raise if a role has an attribute, a group or a member that this function does not grant.

    The application can act as each of these roles, and a member can act as the application. A superuser
    gains nothing by a membership, and since PostgreSQL 16 the master that creates a role is its member.
    """
    for name, *flags in _rows(
        session,
        f"SELECT rolname::text, {', '.join(_ATTRIBUTES.values())} FROM pg_roles WHERE rolname {_NAMED}",
        roles.names,
    ):
        for attribute, has in zip(_ATTRIBUTES, flags, strict=True):
            if has and not (attribute == "LOGIN" and name in roles.logins):
                raise DatabaseFault(
                    f"{name} has {attribute}: this function never gives it that, and the application could "
                    f"use it; run ALTER ROLE {name} NO{attribute}, and rotate again"
                )
    given = {(roles.owner, login) for login in roles.logins} | {(name, master) for name in roles.names}
    for role, member in _rows(
        session,
        "SELECT DISTINCT role.rolname::text, member.rolname::text FROM pg_auth_members AS held "
        "JOIN pg_roles AS role ON role.oid = held.roleid JOIN pg_roles AS member ON member.oid = held.member "
        f"WHERE NOT member.rolsuper AND (role.rolname {_NAMED} OR member.rolname {_NAMED}) ORDER BY 1, 2",
        roles.names,
    ):
        if (role, member) not in given:
            raise DatabaseFault(
                f"{member} is a member of {role}: this function never grants that, and it gives a role more "
                f"rights than its own; run REVOKE {role} FROM {member}, and rotate again"
            )


def barred(session: pg.Connection, user: str) -> bool:
    """Whether the role is missing, or cannot log in with the correct password."""
    return _rows(
        session,
        "SELECT rolcanlogin AND rolconnlimit <> 0 AND coalesce(rolvaliduntil > now(), true) "
        "AND has_database_privilege(oid, current_database(), 'CONNECT') "
        f"FROM pg_roles WHERE rolname {_NAMED}",
        [user],
    ) != [[True]]


def restore(session: pg.Connection, roles: Roles, database: str, master: str) -> None:
    """Create missing roles, and restore their grants and settings.

    Statement by statement: each can be repeated, so a crash between them needs no undoing.
    """
    options = _options(session)
    owner, here = pg.identifier(roles.owner), pg.identifier(database)
    known = {
        name
        for (name,) in _rows(
            session, f"SELECT rolname::text FROM pg_roles WHERE rolname {_NAMED}", roles.names
        )
    }
    if roles.owner not in known:
        session.run(f"CREATE ROLE {owner} NOLOGIN")
    session.run(f"GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {here} TO {owner}")
    session.run(f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}")
    for name in roles.logins:
        login = pg.identifier(name)
        if name not in known:
            session.run(f"CREATE ROLE {login} LOGIN")
        # Before PostgreSQL 16 INHERIT is an attribute of the member, since then of the membership.
        session.run(f"ALTER ROLE {login} INHERIT")
        session.run(f"GRANT {owner} TO {login}{options}")
        # New objects then belong to the owner role, whichever login creates them.
        session.run(f"ALTER ROLE {login} SET role = {pg.literal(roles.owner)}")
        # A setting for one database would take precedence.
        session.run(f"ALTER ROLE {login} IN DATABASE {here} RESET role")
    if not options:
        # CREATE ROLE does this itself since PostgreSQL 16. Without it the master user could not alter the
        # roles after an upgrade.
        every = ", ".join(pg.identifier(name) for name in roles.names)
        session.run(f"GRANT {every} TO {pg.identifier(master)} WITH ADMIN OPTION")


def reassign(session: pg.Connection, roles: Roles, master: str) -> None:
    """Give the owner role every object that a login role created after ``SET ROLE NONE``."""
    # Default privileges and user mappings have no owner that can be changed.
    owned = _rows(
        session,
        "SELECT DISTINCT refobjid::regrole::text FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass "
        "AND deptype = 'o' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND classid NOT IN ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass) "
        f"AND refobjid IN (SELECT oid FROM pg_roles WHERE rolname {_NAMED})",
        list(roles.logins),
    )
    if not owned:
        return
    every, who = ", ".join(pg.identifier(name) for name in roles.names), pg.identifier(master)
    logins = ", ".join(pg.identifier(name) for name in roles.logins)
    options = _options(session)
    session.run("BEGIN")
    if options:
        # The master user administers the roles but not their objects, so it becomes a member for this.
        session.run(f"GRANT {every} TO {who}{options}")
    session.run(f"REASSIGN OWNED BY {logins} TO {pg.identifier(roles.owner)}")
    if options:
        session.run(f"REVOKE {every} FROM {who} GRANTED BY {who}")
    session.run("COMMIT")


def as_owner(session: pg.Connection, owner: str, master: str, statement: str) -> None:
    """Run a statement as the owner role, which the master user administers and may not act as by itself."""
    role, who, options = pg.identifier(owner), pg.identifier(master), _options(session)
    session.run("BEGIN")
    if options:
        session.run(f"GRANT {role} TO {who}{options}")
    session.run(f"SET LOCAL ROLE {role}")
    session.run(statement)
    session.run("RESET ROLE")
    if options:
        session.run(f"REVOKE {role} FROM {who} GRANTED BY {who}")
    session.run("COMMIT")


def _options(session: pg.Connection) -> str:
    version = session.run("SELECT current_setting('server_version_num')::int")
    return " WITH INHERIT TRUE, SET TRUE" if version and version[0][0] >= MEMBERSHIP_OPTIONS else ""


def _rows(session: pg.Connection, query: str, names: list[str]) -> list[list]:
    return [list(row) for row in session.run(query, names=names) or []]
