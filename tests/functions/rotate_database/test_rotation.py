"""Tests of the rotation steps, with the documented labels and a real server."""

from __future__ import annotations

import json
import re
import threading
import traceback
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pg8000.native
import psycopg
import pytest
from botocore.exceptions import ClientError

from functions.postgresql.session import DatabaseFault, Login, LoginRefused
from functions.rotate_database.address import Address, parse
from functions.rotate_database.versions import RotationRefused
from sandbox.postgresql import installed
from tests.functions.rotate_database.stage import (
    MASTER,
    SECRET,
    STEPS,
    CutShort,
    Stage,
    assert_rotated,
    make_role,
    set_the_stage,
    take,
)
from tests.postgres import Postgres

NEWEST = max(installed(), key=lambda one: int(one.version), default=None)
BEGINNING = ("describe_secret", "get_secret_value")
"""The first calls of each step: the versions' labels, and the master's login."""
CALLS = [
    *(*BEGINNING, "get_secret_value", "get_secret_value", "put_secret_value"),
    *(*BEGINNING, "get_secret_value", "get_secret_value", "set_password", "grant_restore_reader"),
    *(*BEGINNING, "get_secret_value", "prove"),
    *(*BEGINNING, "get_secret_value", "prove"),
    *("update_secret_version_stage", "update_secret_version_stage"),
]


@pytest.mark.accepts("A33")
@pytest.mark.attack(36)
def test_takes_the_other_user_and_a_new_password(stage: Stage) -> None:
    before = stage.address()
    version = stage.rotate()
    after = stage.address()
    assert (before.user, after.user) == ("app_a", "app_b")
    assert re.fullmatch(r"[A-Za-z0-9]{40}", after.password)
    assert (after.host, after.port, after.database) == (before.host, before.port, before.database)
    assert_rotated(stage, version)


@pytest.mark.accepts("A33")
def test_leaves_the_previous_login_working(stage: Stage) -> None:
    stage.rotate()
    assert stage.works("AWSPREVIOUS")


def test_alternates_for_ever(stage: Stage) -> None:
    users = [stage.address().user]
    for _ in range(3):
        stage.rotate()
        users.append(stage.address().user)
    assert users == ["app_a", "app_b", "app_a", "app_b"]


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_keeps_the_ssl_mode(stage: Stage, mode: str) -> None:
    current = stage.store.secrets[SECRET].versions
    (version,) = [name for name, held in current.items() if "AWSCURRENT" in held.labels]
    current[version].value = str(current[version].value).replace("sslmode=require", f"sslmode={mode}")
    stage.rotate()
    assert stage.address().ssl_mode == mode


@pytest.mark.accepts("A33")
@pytest.mark.parametrize("first_put_is_current", [False, True])
def test_makes_roles_and_first_value_of_an_empty_secret(
    postgres: Postgres, first_put_is_current: bool
) -> None:
    stage = set_the_stage(postgres, empty=True, first_put_is_current=first_put_is_current)
    version = stage.rotate()
    assert_rotated(stage, version)
    assert stage.address().user == "app_a"
    with stage.connect(stage.login()) as session:
        assert session.execute("SELECT session_user, current_user").fetchone() == ("app_a", "app_owner")


def test_lets_the_owner_itself_not_log_in(stage: Stage) -> None:
    with stage.postgres.connect() as admin:
        rights = "rolname, rolcanlogin, rolsuper, rolcreaterole"
        assert admin.execute(
            f"SELECT {rights} FROM pg_roles WHERE rolname ~ '^app_' ORDER BY 1"
        ).fetchall() == [
            ("app_a", True, False, False),
            ("app_b", True, False, False),
            ("app_owner", False, False, False),
        ]


def test_makes_these_calls_and_no_other(stage: Stage) -> None:
    stage.rotate()
    assert stage.calls == CALLS


@pytest.mark.attack(27)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(len(CALLS)), ids=[f"{n}-{name}" for n, name in enumerate(CALLS)])
def test_converges_after_a_crash_at_any_call(stage: Stage, call: int, after: bool) -> None:
    version = stage.announce()
    with pytest.raises(CutShort):
        take(stage.rotation(cut_at=call, after=after), version)
    assert stage.works(), "the readers' value works at every moment"
    stage.run(version)
    assert_rotated(stage, version)
    assert stage.works("AWSPREVIOUS")


@pytest.mark.attack(27)
@pytest.mark.parametrize("first_put_is_current", [False, True])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
# What differs between versions is within statements, each of which is cut below.
@pytest.mark.parametrize("postgres", [NEWEST], indirect=True, ids=["newest"])
def test_converges_after_a_crash_at_any_call_of_the_first_rotation(
    postgres: Postgres, after: bool, first_put_is_current: bool
) -> None:
    stage = set_the_stage(postgres, first_put_is_current=first_put_is_current)
    for call in range(stage.rotation_calls):
        stage = set_the_stage(postgres, empty=True, first_put_is_current=first_put_is_current)
        version = stage.announce()
        with pytest.raises(CutShort):
            take(stage.rotation(cut_at=call, after=after), version)
        stage.run(version)
        assert_rotated(stage, version)


@pytest.mark.attack(27)
def test_converges_after_a_crash_after_any_statement_of_the_first_rotation(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a statement the server is as it was after the one before."""
    real = pg8000.native.Connection.run

    def cut(number: int) -> list[str]:
        said: list[str] = []

        def run(session: Any, statement: str, *args: Any, **values: Any) -> Any:
            said.append(statement)
            answer = real(session, statement, *args, **values)
            if len(said) == number:
                raise CutShort
            return answer

        monkeypatch.setattr(pg8000.native.Connection, "run", run)
        return said

    said = cut(0)
    stage = set_the_stage(postgres, empty=True)
    # The following steps only read.
    stage.run(stage.announce(), "createSecret", "setSecret")
    assert sum(statement.startswith("CREATE ROLE") for statement in said) == 3
    for number in range(1, len(said) + 1):
        stage = set_the_stage(postgres, empty=True)
        version = stage.announce()
        cut(number)
        with pytest.raises(CutShort):
            stage.run(version)
        stage.run(version)
        assert_rotated(stage, version)


@pytest.mark.attack(27)
def test_finishes_what_was_cut_short_although_readers_use_it_already(stage: Stage) -> None:
    version = stage.announce()
    with pytest.raises(CutShort):
        take(stage.rotation(cut_at=len(CALLS) - 1), version)
    assert stage.stages(version) == ["AWSCURRENT", "AWSPENDING"]
    with stage.connect(stage.login()):
        stage.run(version)
    assert_rotated(stage, version)


@pytest.mark.attack(27)
def test_repeats_every_step_without_effect(stage: Stage) -> None:
    version = stage.announce()
    for step in STEPS:
        stage.run(version, step)
        value = stage.store.secrets[SECRET].versions[version].value
        stage.run(version, step)
        assert stage.store.secrets[SECRET].versions[version].value == value
    assert_rotated(stage, version)


@pytest.mark.attack(28)
@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        (["setSecret"], "createSecret has not run"),
        (["testSecret"], "createSecret has not run"),
        (["finishSecret"], "createSecret has not run"),
        (["createSecret", "testSecret"], "the login is refused"),
        (["createSecret", "finishSecret"], "the login is refused"),
        (["shutDown"], "the step is not one of"),
    ],
)
def test_refuses_steps_in_the_wrong_order(stage: Stage, steps: list[str], problem: str) -> None:
    before, version = stage.address(), stage.announce()
    *first, last = steps
    stage.run(version, *first) if first else None
    with pytest.raises((RotationRefused, LoginRefused), match=problem):
        stage.run(version, last)
    assert stage.address() == before
    assert stage.works()


@pytest.mark.attack(28)
@pytest.mark.parametrize("step", STEPS)
def test_refuses_a_version_it_does_not_know(stage: Stage, step: str) -> None:
    with pytest.raises(RotationRefused, match="is not one of this secret"):
        stage.run(str(uuid.uuid4()), step)


@pytest.mark.attack(28)
@pytest.mark.parametrize("step", STEPS)
def test_refuses_a_version_that_is_no_longer_pending(stage: Stage, step: str) -> None:
    former = stage.rotate()
    stage.rotate()
    assert stage.stages(former) == ["AWSPREVIOUS"]
    with pytest.raises(RotationRefused, match="is not pending"):
        stage.run(former, step)


@pytest.mark.attack(28)
@pytest.mark.parametrize("step", STEPS)
def test_does_nothing_to_a_version_that_is_already_current(stage: Stage, step: str) -> None:
    version = stage.rotate()
    value = stage.address()
    stage.run(version, step)
    assert stage.calls == ["describe_secret"]
    assert stage.address() == value


@pytest.mark.attack(28)
def test_refuses_while_rotation_is_disabled(stage: Stage) -> None:
    version = stage.announce()
    stage.store.cancel_rotate_secret(SecretId=SECRET)
    with pytest.raises(RotationRefused, match="rotation is not enabled"):
        stage.run(version, "createSecret")


@pytest.mark.attack(29)
def test_resumes_a_pending_version_that_was_left_behind(stage: Stage) -> None:
    version = stage.announce()
    stage.run(version, "createSecret", "setSecret")
    with pytest.raises(Exception, match="InvalidRequestException"):
        stage.announce()
    stage.run(version)
    assert "put_secret_value" not in stage.calls, "the value that is there is taken up"
    assert_rotated(stage, version)


@pytest.mark.attack(29)
def test_rotates_anew_after_a_pending_version_was_dropped(stage: Stage) -> None:
    dropped = stage.announce()
    stage.run(dropped, "createSecret", "setSecret")
    stage.store.update_secret_version_stage(
        SecretId=SECRET, VersionStage="AWSPENDING", RemoveFromVersionId=dropped
    )
    assert_rotated(stage, stage.rotate())


@pytest.mark.attack(29)
def test_keeps_the_first_of_two_values_made_at_once(stage: Stage) -> None:
    version = stage.announce()
    winner = Address("app_b", "w" * 40, "localhost", stage.postgres.port, stage.database_name).url()
    rotation = stage.rotation()
    read = stage.store.get_secret_value

    def other_run_writes_first(**which: str) -> dict:
        try:
            return read(**which)
        finally:
            if which.get("VersionStage") == "AWSPENDING":
                stage.store.get_secret_value = read
                stage.put_pending(version, winner)

    stage.store.get_secret_value = other_run_writes_first  # pyright: ignore[reportAttributeAccessIssue]
    rotation.step("createSecret", SECRET, version)
    assert stage.address("AWSPENDING").password == "w" * 40
    stage.run(version)
    assert_rotated(stage, version)


@pytest.mark.attack(29)
def test_converges_when_two_runs_take_each_step_together(stage: Stage) -> None:
    version = stage.announce()
    for step in STEPS:
        runs = [threading.Thread(target=_tolerant, args=(stage, step, version)) for _ in range(2)]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    stage.run(version)
    assert_rotated(stage, version)


def _tolerant(stage: Stage, step: str, version: str) -> None:
    # PostgreSQL rejects the second of two concurrent changes of a role; Secrets Manager repeats the step.
    try:
        stage.rotation().step(step, SECRET, version)
    except (DatabaseFault, RotationRefused, ClientError):
        return


@pytest.mark.attack(30)
def test_reads_the_master_anew_when_it_was_rotated_between_steps(stage: Stage) -> None:
    version = stage.announce()
    stage.run(version, "createSecret")
    _rotate_master(stage, "another one", tell=True)
    stage.run(version)
    assert_rotated(stage, version)


@pytest.mark.attack(30)
def test_converges_when_the_master_is_rotated_within_a_step(stage: Stage) -> None:
    version = stage.announce()
    _rotate_master(stage, "not told yet", tell=False)
    with pytest.raises(LoginRefused, match="master at localhost:"):
        stage.run(version)
    _rotate_master(stage, "told", tell=True)
    stage.run(version)
    assert_rotated(stage, version)


def _rotate_master(stage: Stage, password: str, *, tell: bool) -> None:
    with stage.postgres.connect() as admin:
        make_role(admin, "master", password, "LOGIN")
    if tell:
        held = stage.store.secrets[MASTER]
        held.versions[str(held.holder("AWSCURRENT"))].value = json.dumps(
            {"username": "master", "password": password}
        )


@pytest.mark.finding(17)
@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", '{"username": "master"}', '{"username": 1, "password": "hush-hush"}', "[" * 10**5),
        '{"username": ' + "9" * 5000 + "}",
    ],
)
def test_refuses_a_master_secret_of_another_shape(stage: Stage, text: str) -> None:
    held = stage.store.secrets[MASTER]
    held.versions[str(held.holder("AWSCURRENT"))].value = text
    with pytest.raises(RotationRefused, match="username and a password") as caught:
        stage.run(stage.announce())
    assert "hush-hush" not in repr(caught.value)


@pytest.mark.attack(31)
def test_refuses_to_change_a_user_who_is_still_logged_in(stage: Stage) -> None:
    old = stage.login()
    stage.rotate()
    version = stage.announce()
    with stage.connect(old) as laggard:
        with pytest.raises(DatabaseFault, match="a live session still uses app_a: redeploy the readers"):
            stage.run(version)
        assert stage.database.can_log_in(old), "whoever still uses the old value can even connect again"
        assert laggard.execute("SELECT 1").fetchone() == (1,)
    _wait_until_gone(stage, "app_a")
    stage.run(version)
    assert_rotated(stage, version)


@pytest.mark.attack(31)
def test_does_not_mistake_its_own_probe_for_a_reader(stage: Stage) -> None:
    old = stage.login()
    stage.rotate()
    with stage.database._server.session(old):
        assert_rotated(stage, stage.rotate())


@pytest.mark.attack(31)
def test_does_not_take_a_login_that_is_full_for_one_that_is_refused(stage: Stage) -> None:
    stage.rotate()
    with stage.postgres.connect() as admin:
        admin.execute("ALTER ROLE app_b CONNECTION LIMIT 0")
    with pytest.raises(DatabaseFault, match="SQLSTATE 53300"):
        stage.works()


def _wait_until_gone(stage: Stage, user: str) -> None:
    with stage.postgres.connect() as admin:
        while admin.execute("SELECT 1 FROM pg_stat_activity WHERE usename = %s", [user]).fetchone():
            pass


def _with(**changes: Any) -> Callable[[Stage], str]:
    def url(stage: Stage) -> str:
        good = Address("app_b", "p" * 40, "localhost", stage.postgres.port, stage.database_name)
        return replace(good, **changes).url()

    return url


FOREIGN = {
    "master": (_with(user="master"), "the user is not app_a or app_b"),
    "owner": (_with(user="app_owner"), "the user is not app_a or app_b"),
    "sql": (_with(user='app_b" SUPERUSER; --'), "the user is not app_a or app_b"),
    "host": (_with(host="elsewhere.example.com"), "leads to another database than localhost"),
    "port": (_with(port=6432), "leads to another database than localhost"),
    "database": (_with(database="template1"), "leads to another database than localhost"),
    "plain text": (_with(ssl_mode="disable"), "sslmode must be require or verify-full"),
    "current user": (_with(user="app_a"), "the pending login app_a is the current one"),
}


@pytest.mark.attack(32)
@pytest.mark.parametrize(("url", "problem"), FOREIGN.values(), ids=FOREIGN.keys())
def test_refuses_a_pending_value_that_leads_elsewhere(
    stage: Stage, url: Callable[[Stage], str], problem: str
) -> None:
    version = stage.announce()
    stage.put_pending(version, url(stage))
    with pytest.raises(RotationRefused, match=problem) as caught:
        stage.run(version, "setSecret")
    assert "pppp" not in str(caught.value)
    assert "set_password" not in stage.calls, "the database was not even asked"


@pytest.mark.attack(32)
@pytest.mark.parametrize("case", ["master", "sql", "host", "plain text"])
def test_refuses_a_current_value_that_leads_elsewhere(stage: Stage, case: str) -> None:
    url, problem = FOREIGN[case]
    held = stage.store.secrets[SECRET]
    held.versions[str(held.holder("AWSCURRENT"))].value = url(stage)
    with pytest.raises(RotationRefused, match=problem):
        stage.run(stage.announce(), "createSecret")


@pytest.mark.attack(32)
def test_takes_a_username_for_a_name_and_no_more(stage: Stage) -> None:
    rights = "SELECT rolcreatedb FROM pg_roles WHERE rolname = 'app_a'"
    with pytest.raises(DatabaseFault, match="SQLSTATE 42704"):
        stage.database.set_password(stage.master(), Login("app_a CREATEDB --", "x"))
    with stage.postgres.connect() as admin:
        assert admin.execute(rights).fetchone() == (False,)


@pytest.mark.attack(33)
def test_leaves_no_password_in_the_server_log(stage: Stage) -> None:
    stage.rotate()
    log = stage.postgres.log()
    assert 'ALTER ROLE "app_b" LOGIN PASSWORD \'SCRAM-SHA-256$' in log, "the server does log such statements"
    for label in ("AWSCURRENT", "AWSPREVIOUS"):
        assert stage.address(label).password not in log


@pytest.mark.attack(12)
def test_logs_names_versions_and_steps_only(stage: Stage) -> None:
    version = stage.rotate()
    assert [line["step"] for line in stage.log[-4:]] == list(STEPS)
    assert {line["version"] for line in stage.log[-4:]} == {version}
    assert {key for line in stage.log for key in line} <= {"step", "version", "user", "outcome"}
    assert stage.address().password not in json.dumps(stage.log)


@pytest.mark.attack(35)
def test_lets_either_login_use_what_the_other_made(stage: Stage) -> None:
    with stage.connect(stage.login()) as session:
        session.execute("CREATE TABLE thought (id int PRIMARY KEY)")
        session.execute("CREATE SCHEMA drizzle")
    stage.rotate()
    with stage.connect(stage.login()) as session:
        session.execute("INSERT INTO thought VALUES (1)")
        session.execute("ALTER TABLE thought ADD said text")
        session.execute("CREATE TABLE drizzle.migration (id int)")
    stage.rotate()
    with stage.connect(stage.login()) as session:
        assert session.execute("SELECT id, said FROM thought").fetchall() == [(1, None)]
        session.execute("DROP TABLE drizzle.migration")


@pytest.mark.attack(35)
@pytest.mark.parametrize("step", ["testSecret", "finishSecret"])
def test_publishes_no_login_that_does_not_act_as_the_owner(stage: Stage, step: str) -> None:
    before, version = stage.address(), stage.announce()
    stage.run(version, "createSecret", "setSecret")
    with stage.postgres.connect() as admin:
        admin.execute("ALTER ROLE app_b RESET role")
    with pytest.raises(DatabaseFault, match="app_b does not act as app_owner"):
        stage.run(version, step)
    assert stage.address() == before


@pytest.mark.attack(36)
@pytest.mark.parametrize("password", ["@:/%#?&=+ ;'\"\\$", "pässwörd", "%41%zz", "ａ①"], ids=ascii)
def test_sets_and_proves_a_password_of_any_characters(stage: Stage, password: str) -> None:
    version = stage.announce()
    stage.put_pending(version, _with(password=password)(stage))
    stage.run(version)
    assert parse(_with(password=password)(stage)).password == password
    assert_rotated(stage, version)
    # libpq parses the same URL differently.
    url = stage.store.get_secret_value(SecretId=SECRET)["SecretString"]
    with psycopg.connect(f"{url}&sslrootcert={stage.postgres.ca_file}") as session:
        assert session.execute("SELECT session_user").fetchone() == ("app_b",)


@pytest.mark.attack(36)
def test_refuses_plainly_a_password_that_scram_cannot_carry(stage: Stage) -> None:
    version = stage.announce()
    stage.put_pending(version, _with(password="hush🙂")(stage))
    with pytest.raises(DatabaseFault, match="the password is not one that SCRAM allows") as caught:
        stage.run(version)
    assert "hush" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.accepts("A33")
def test_rotates_under_load_without_one_refused_reader(stage: Stage) -> None:
    stop, done, rotations, errors = threading.Event(), [0], [0], []

    def reader() -> None:
        while not stop.is_set():
            seen, login = rotations[0], stage.login()
            try:
                with stage.connect(login) as session:
                    session.execute("SELECT 1")
                done[0] += 1
            except Exception as problem:
                # A login is good until the second rotation after it: a thread that slept on proves nothing.
                if rotations[0] == seen:
                    errors.append(type(problem).__name__)

    readers = [threading.Thread(target=reader) for _ in range(2)]
    for thread in readers:
        thread.start()
    while rotations[0] < 4 or done[0] < 50:
        version = stage.announce()
        for _ in range(100):
            try:
                stage.run(version)
                break
            except DatabaseFault:
                continue  # a reader has open statements, so the step is repeated
        rotations[0] += 1
    stop.set()
    for thread in readers:
        thread.join()
    print(f"{rotations[0]} rotations, {done[0]} connections, {len(errors)} errors")
    assert errors == []
