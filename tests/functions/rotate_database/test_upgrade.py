"""Tests of a rotation after an upgrade to a newer major version, which has other rules for roles."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import LiteralString, cast

import pytest

from functions.postgresql.session import DatabaseFault
from sandbox.postgresql import installed, run
from tests.functions.rotate_database.stage import (
    DATABASE,
    SECRET,
    Stage,
    as_superuser,
    assert_rotated,
    set_the_stage,
)
from tests.postgres import Postgres

MAJORS = sorted(installed(), key=lambda one: int(one.version))
TWO_MAJORS = len({one.version for one in MAJORS}) > 1
"""Where one is installed, who granted a membership is left out: before 16 nothing depended on it."""


@pytest.fixture(scope="module")
def majors() -> Iterator[tuple[Postgres, Postgres]]:
    """A server of the oldest installed version, and one of the newest.

    Where one version is installed, both are of it: the move by pg_dump is tested, and not the other rules.
    """
    if os.environ.get("CI"):
        assert TWO_MAJORS, "CI has to install two versions of PostgreSQL"
    with ExitStack() as exits:
        older, newer = (exits.enter_context(run(one)) for one in (MAJORS[0], MAJORS[-1]))
        _admit_clients_without_tls(older)
        yield older, newer


def _admit_clients_without_tls(server: Postgres) -> None:
    """The pg_dump of the newer version may have been built without TLS."""
    rules = server.ca_file.with_name("data") / "pg_hba.conf"
    rules.write_text(rules.read_text().replace("hostssl", "host"))
    with server.connect() as admin:
        admin.execute("SELECT pg_reload_conf()")


@pytest.fixture
def upgraded(majors: tuple[Postgres, Postgres]) -> Stage:
    """Roles, a value and a table, created on the older version and moved to the newer one by pg_dump."""
    older, newer = majors
    stage = set_the_stage(older)
    with stage.connect(stage.login()) as session:
        session.execute("CREATE TABLE thought (id int)")
        session.execute("INSERT INTO thought VALUES (1)")
        session.execute("SET ROLE NONE")
        session.execute("CREATE TABLE stray (id int)")
    _empty(newer)
    for line in _dumped(older, "pg_dumpall", "--roles-only").splitlines():
        # Each server's superuser has a password of its own.
        if line.startswith(("CREATE ROLE", "ALTER ROLE", "GRANT")) and f"ROLE {older.user}" not in line:
            _execute(newer, "postgres", line if TWO_MAJORS else line.partition(" GRANTED BY ")[0] + ";")
    created, _, objects = _dumped(older, "pg_dump", "--create", "--inserts", DATABASE).partition("\\connect ")
    for statement in _without_commands(created).split(";\n"):
        _execute(newer, "postgres", statement)
    _execute(newer, DATABASE, _without_commands(objects.partition("\n")[2]))
    return _moved(stage, newer)


def _empty(server: Postgres) -> None:
    with server.connect() as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        for role in ("app_a", "app_b", "app_owner", "master", "restore_reader", "rds_iam"):
            admin.execute(f"DROP ROLE IF EXISTS {role}")


def _dumped(server: Postgres, program: str, *arguments: str) -> str:
    command = [
        str(MAJORS[-1].binaries / program),
        "-h",
        "127.0.0.1",
        "-p",
        str(server.server_port),
        "-U",
        server.user,
    ]
    password = {"PGPASSWORD": server.password}
    done = subprocess.run(
        [*command, *arguments], env=os.environ | password, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _without_commands(dump: str) -> str:
    return "\n".join(line for line in dump.splitlines() if not line.startswith("\\"))


def _execute(server: Postgres, database: str, statement: str) -> None:
    with server.connect(database) as admin:
        admin.execute(cast(LiteralString, statement))


def _moved(stage: Stage, server: Postgres) -> Stage:
    """An upgrade keeps the address; in this test the port differs."""
    for version in stage.store.secrets[SECRET].versions.values():
        version.value = str(version.value).replace(f":{stage.postgres.port}/", f":{server.port}/")
    return replace(stage, postgres=server)


@pytest.mark.attack(35)
def test_goes_on_as_before(upgraded: Stage) -> None:
    assert upgraded.works(), "the upgrade changed no password"
    for user in ("app_b", "app_a", "app_b"):
        version = upgraded.rotate()
        assert_rotated(upgraded, version)
        assert upgraded.address().user == user
        with upgraded.connect(upgraded.login()) as session:
            assert session.execute("SELECT id FROM thought").fetchall() == [(1,)]
            session.execute("ALTER TABLE thought ADD said text")
            session.execute("ALTER TABLE thought DROP said")
            session.execute("ALTER TABLE stray ADD said text")
            session.execute("ALTER TABLE stray DROP said")


@pytest.mark.attack(35)
def test_says_what_to_run_where_the_master_lost_its_right_to_the_roles(upgraded: Stage) -> None:
    """As after an upgrade of roles that an older release of the function created."""
    as_superuser(upgraded.postgres, "REVOKE app_owner, app_a, app_b FROM master")
    remedy = "GRANT app_owner, app_a, app_b TO master WITH ADMIN OPTION"
    before, version = upgraded.address(), upgraded.announce()
    with pytest.raises(DatabaseFault, match=f"SQLSTATE 42501: the user lacks a privilege .*run {remedy}"):
        upgraded.run(version)
    assert upgraded.address() == before
    assert upgraded.works()
    as_superuser(upgraded.postgres, remedy)
    upgraded.run(version)
    assert_rotated(upgraded, version)
