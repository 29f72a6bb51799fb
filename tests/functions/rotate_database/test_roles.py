"""Tests of changed roles: a rotation restores its own settings, and refuses further privileges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, LiteralString

import pg8000.native
import pytest

from functions.postgresql.session import DatabaseFault, Login
from functions.rotate_database.versions import RotationRefused
from tests.functions.rotate_database.stage import (
    DATABASE,
    MASTER,
    SECRET,
    STEPS,
    CutShort,
    Stage,
    as_superuser,
    assert_rotated,
    make_role,
    set_the_stage,
    take,
)
from tests.postgres import Postgres

EXPIRED = "ALTER ROLE {login} VALID UNTIL '2001-01-01'"
FULL = "ALTER ROLE {login} CONNECTION LIMIT 0"
BARRED = "ALTER ROLE {login} NOLOGIN"
NO_MEMBER = "REVOKE app_owner FROM {login} GRANTED BY master"
NONE_HERE = "ALTER ROLE {login} IN DATABASE rotated SET role = none"
DAMAGE: dict[str, LiteralString] = {
    "expired": EXPIRED,
    "connection limit": FULL,
    "no login": BARRED,
    "another password": "ALTER ROLE {login} PASSWORD 'another'",
    "role of this database": NONE_HERE,
    "role": "ALTER ROLE {login} SET role = none",
    "no role": "ALTER ROLE {login} RESET role",
    "no member": NO_MEMBER,
    "all at once": f"{EXPIRED}; {FULL}; {BARRED}; {NONE_HERE}; {NO_MEMBER}",
    "no right to connect": "REVOKE CONNECT ON DATABASE rotated FROM PUBLIC, app_owner",
    "no inheritance": "ALTER ROLE {login} NOINHERIT",
    "no right to set role": NO_MEMBER,
}
SINCE_16: dict[str, LiteralString] = {
    "no inheritance": "GRANT app_owner TO {login} WITH INHERIT FALSE GRANTED BY master",
    "no right to set role": "GRANT app_owner TO {login} WITH SET FALSE GRANTED BY master",
}
"""Membership options since PostgreSQL 16; before, INHERIT was an attribute of the member."""


def damaged(stage: Stage, name: str, login: str) -> None:
    """Change the roles as a superuser might."""
    with stage.postgres.connect() as admin:
        since_16 = admin.info.server_version >= 160000
    statement = (SINCE_16 if since_16 else {}).get(name) or DAMAGE[name]
    as_superuser(stage.postgres, statement, login=login)


def test_runs_no_function_of_the_application_with_the_rights_of_the_master(stage: Stage) -> None:
    """The application may create functions in ``public``, which could take precedence over built-in ones."""
    make(
        stage,
        "CREATE TABLE public.ran_as (who name)",
        "GRANT INSERT ON public.ran_as TO PUBLIC",
        "CREATE FUNCTION public.has_database_privilege(oid, name, text) RETURNS boolean LANGUAGE sql "
        "AS 'INSERT INTO public.ran_as VALUES (current_user); SELECT true'",
    )
    version = stage.rotate()
    assert_rotated(stage, version)
    with stage.connect(stage.login()) as session:
        assert session.execute("SELECT who FROM public.ran_as").fetchall() == []


@pytest.mark.finding(17)
@pytest.mark.attack(31)
@pytest.mark.parametrize("name", DAMAGE)
def test_restores_a_login_that_was_changed_before_the_rotation(stage: Stage, name: str) -> None:
    stage.rotate()
    damaged(stage, name, "app_a")
    version = stage.rotate()
    assert stage.address().user == "app_a"
    assert_rotated(stage, version)
    assert_acts_as_the_owner(stage)


@pytest.mark.finding(17)
@pytest.mark.attack(35)
@pytest.mark.parametrize("name", DAMAGE)
def test_publishes_no_login_that_was_changed_before_finish_and_restores_it(stage: Stage, name: str) -> None:
    before, version = stage.address(), stage.announce()
    stage.run(version, "createSecret", "setSecret")
    damaged(stage, name, "app_b")
    with pytest.raises(DatabaseFault, match="app_b"):
        stage.run(version, "finishSecret")
    assert stage.address() == before
    assert "current" not in str(stage.stages(version)).lower()
    stage.run(version)
    assert_rotated(stage, version)
    assert_acts_as_the_owner(stage)


def assert_acts_as_the_owner(stage: Stage) -> None:
    with stage.connect(stage.login()) as session:
        user = stage.login().user
        assert session.execute("SELECT session_user, current_user").fetchone() == (user, "app_owner")
        session.execute("SET ROLE NONE")
        assert session.execute("SELECT has_schema_privilege('public', 'CREATE')").fetchone() == (True,)


@pytest.mark.attack(27)
def test_restores_the_membership_of_a_login_that_readers_use_already(stage: Stage) -> None:
    # Two rotations, so that the next one changes app_b again, and is not the first.
    stage.rotate()
    stage.rotate()
    version = stage.announce()
    with pytest.raises(CutShort):
        take(stage.rotation(cut_at=stage.rotation_calls - 1), version)
    assert stage.stages(version) == ["AWSCURRENT", "AWSPENDING"]
    with stage.connect(stage.login()) as reader:
        as_superuser(stage.postgres, NO_MEMBER, login="app_b")
        stage.run(version)
        assert reader.execute("SELECT 1").fetchone() == (1,)
    assert_rotated(stage, version)


MAKE = (
    "CREATE TABLE stray (id int)",
    "CREATE VIEW strays AS SELECT * FROM stray",
    "CREATE SEQUENCE stray_number",
    "CREATE TYPE mood AS ENUM ('calm')",
    "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA apart",
    "CREATE TABLE apart.stray (id int)",
)
CHANGE = (
    "ALTER VIEW strays RENAME TO strays_2",
    "ALTER TABLE stray ADD said text",
    "ALTER SEQUENCE stray_number RESTART WITH 5",
    "ALTER TYPE mood ADD VALUE 'cross'",
    "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 11'",
    "ALTER TABLE apart.stray ADD said text",
    "DROP SCHEMA apart CASCADE",
)


@pytest.mark.finding(17)
@pytest.mark.attack(35)
@pytest.mark.parametrize("before", ["SET ROLE NONE", "DISCARD ALL"])
def test_gives_the_owner_what_a_login_made_under_its_own_name(stage: Stage, before: LiteralString) -> None:
    make(stage, before, *MAKE)
    stage.rotate()
    with stage.connect(stage.login()) as session:
        for statement in CHANGE:
            session.execute(statement)
    assert owned_by_logins(stage) == 0


def make(stage: Stage, *statements: LiteralString) -> None:
    with stage.connect(stage.login()) as session:
        for statement in statements:
            session.execute(statement)


def owned_by_logins(stage: Stage) -> int:
    with stage.postgres.connect(DATABASE) as admin:
        found = admin.execute("SELECT count(*) FROM pg_class WHERE relowner::regrole::text ~ '^app_[ab]$'")
        (count,) = found.fetchone() or (None,)
        return int(str(count))


@pytest.mark.attack(35)
def test_gives_the_owner_what_either_login_made(stage: Stage) -> None:
    stage.rotate()
    former = stage.login("AWSPREVIOUS")
    with stage.connect(former) as session:
        session.execute("SET ROLE NONE")
        session.execute("CREATE TABLE stray (id int)")
    stage.rotate()
    assert owned_by_logins(stage) == 0


@pytest.mark.attack(35)
def test_says_that_a_session_uses_what_is_to_belong_to_the_owner(stage: Stage) -> None:
    make(stage, "SET ROLE NONE", "CREATE TABLE stray (id int)")
    version, before = stage.announce(), stage.address()
    with stage.connect(stage.login()) as reader:
        reader.execute("SET ROLE NONE")
        reader.execute("BEGIN")
        reader.execute("LOCK TABLE stray")
        with pytest.raises(DatabaseFault, match="SQLSTATE 55P03: another session holds a lock"):
            stage.run(version)
        assert stage.address() == before
    stage.run(version)
    assert_rotated(stage, version)
    assert owned_by_logins(stage) == 0


@pytest.mark.attack(35)
def test_leaves_the_master_no_right_to_the_rows_that_it_did_not_have(stage: Stage) -> None:
    make(stage, "SET ROLE NONE", "CREATE TABLE stray (id int)")
    stage.rotate()
    with stage.postgres.connect() as admin:
        inherits = admin.execute("SELECT pg_has_role('master', 'app_owner', 'USAGE')").fetchone()
        assert inherits == (admin.info.server_version < 160000,)


@pytest.mark.attack(27)
def test_converges_after_a_crash_at_any_statement_of_a_repair(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pg8000.native.Connection.run
    said: list[str] = []
    cut_after = 0

    def run(session: Any, statement: str, *args: Any, **values: Any) -> Any:
        said.append(statement)
        answer = real(session, statement, *args, **values)
        if len(said) == cut_after:
            raise CutShort
        return answer

    def broken() -> tuple[Stage, str]:
        stage = set_the_stage(postgres)
        make(stage, "SET ROLE NONE", "CREATE TABLE stray (id int)")
        damaged(stage, "all at once", "app_b")
        said.clear()
        return stage, stage.announce()

    monkeypatch.setattr(pg8000.native.Connection, "run", run)
    stage, version = broken()
    stage.run(version, "createSecret", "setSecret")
    assert any(statement.startswith("REASSIGN OWNED") for statement in said)
    for number in range(1, len(said) + 1):
        cut_after = 0
        stage, version = broken()
        cut_after = number
        with pytest.raises(CutShort):
            stage.run(version)
        assert stage.works(), "the readers' value works at every moment"
        stage.run(version)
        assert_rotated(stage, version)
        assert_acts_as_the_owner(stage)
        assert owned_by_logins(stage) == 0


@pytest.fixture
def others(postgres: Postgres) -> Iterator[None]:
    """Other roles of the server, one of them named like RDS's group of master users."""
    for role in ("rds_superuser", "intruder"):
        as_superuser(postgres, f"DROP ROLE IF EXISTS {role}", f"CREATE ROLE {role} NOLOGIN")
    yield
    for role in ("rds_superuser", "intruder"):
        as_superuser(postgres, f"DROP ROLE {role}")


EXCESS: dict[LiteralString, str] = {
    "ALTER ROLE app_owner LOGIN": r"app_owner has LOGIN: .*run ALTER ROLE app_owner NOLOGIN",
    "ALTER ROLE app_owner SUPERUSER": r"app_owner has SUPERUSER: .*run ALTER ROLE app_owner NOSUPERUSER",
    "ALTER ROLE app_owner CREATEROLE": r"app_owner has CREATEROLE",
    "ALTER ROLE app_owner BYPASSRLS": r"app_owner has BYPASSRLS",
    "ALTER ROLE app_b SUPERUSER": r"app_b has SUPERUSER",
    "ALTER ROLE app_b CREATEROLE": r"app_b has CREATEROLE",
    "GRANT rds_superuser TO app_owner": r"app_owner is a member of rds_superuser: .*"
    r"run REVOKE rds_superuser FROM app_owner",
    "GRANT pg_read_all_data TO app_owner": r"app_owner is a member of pg_read_all_data",
    "GRANT rds_superuser TO app_a": r"app_a is a member of rds_superuser",
    "GRANT app_owner TO intruder": r"intruder is a member of app_owner: .*run REVOKE app_owner FROM intruder",
    "GRANT app_b TO intruder": r"intruder is a member of app_b",
}


@pytest.mark.attack(32)
@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(("statement", "problem"), EXCESS.items())
def test_refuses_roles_with_rights_that_a_rotation_never_gives(
    stage: Stage, statement: LiteralString, problem: str
) -> None:
    before, version = stage.address(), stage.announce()
    stage.run(version, "createSecret")
    as_superuser(stage.postgres, statement)
    with pytest.raises(DatabaseFault, match=problem):
        stage.run(version, "setSecret")
    assert not stage.works("AWSPENDING"), "nothing was changed"
    assert stage.works()
    assert stage.address() == before


@pytest.mark.attack(32)
@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(("statement", "problem"), EXCESS.items())
def test_publishes_no_login_whose_roles_were_given_more_rights(
    stage: Stage, statement: LiteralString, problem: str
) -> None:
    before, version = stage.address(), stage.announce()
    stage.run(version, "createSecret", "setSecret", "testSecret")
    as_superuser(stage.postgres, statement)
    with pytest.raises(DatabaseFault, match=problem):
        stage.run(version, "finishSecret")
    assert stage.address() == before


@pytest.mark.finding(18)
@pytest.mark.attack(32)
@pytest.mark.parametrize(
    ("group", "problem"),
    [("master", "app_owner is a member of master"), ("app_a", "app_owner is a member of app_a")],
)
def test_refuses_an_owner_that_is_a_member_of_the_master_or_a_login(
    postgres: Postgres, group: str, problem: str
) -> None:
    stage = set_the_stage(postgres, empty=True)
    as_superuser(postgres, "CREATE ROLE app_owner", "CREATE ROLE app_a")
    as_superuser(postgres, "GRANT {login} TO app_owner", login=group)
    with pytest.raises(DatabaseFault, match=problem):
        stage.rotate()
    with postgres.connect() as admin:
        assert admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'app_b'").fetchone() is None


@pytest.mark.finding(18)
@pytest.mark.attack(32)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", ["app_owner", "app_a", "app_b"])
def test_refuses_a_master_that_is_one_of_its_roles(postgres: Postgres, name: str, step: str) -> None:
    stage = set_the_stage(postgres, empty=True)
    known = roles(postgres)
    with postgres.connect() as admin:
        make_role(admin, name, "the master's own", "LOGIN CREATEROLE CREATEDB")
    secret = json.dumps({"username": name, "password": "the master's own"})
    held = stage.store.secrets[MASTER]
    held.versions[str(held.holder("AWSCURRENT"))].value = secret
    version = stage.announce()
    with pytest.raises(
        RotationRefused,
        match=rf"master user {name} is one of the roles .*: choose another database\.username",
    ) as caught:
        stage.run(version, step)
    assert "own" not in str(caught.value).replace("app_owner", "")
    assert stage.store.secrets[SECRET].versions[version].value is None, "no value was made"
    assert stage.database.can_log_in(Login(name, "the master's own")), "its password is its own"
    assert roles(postgres) == known | {name}


def roles(postgres: Postgres) -> set[str]:
    with postgres.connect() as admin:
        return {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
