"""Tests of the database role for restored copies, which the update script grants its rights after a start."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from components.host.scripts import GRANTS, grants
from functions.postgresql.restore_reader import RESTORE_READER
from functions.rotate_database.database import scram_verifier
from sandbox.postgresql import find
from tests.components.host.test_user_data import PRODUCTION, shipped_user_data, written
from tests.host.machine import OLD, PLAIN, SECRETS, Machine, machine
from tests.postgres import Postgres, drop_roles, make_rds_iam

LACKS = "role restore_reader lacks its rights: a restored copy of the database cannot be checked\n"


@pytest.fixture
def host(tmp_path: Path) -> Machine:
    return machine(tmp_path)


def grants_made(host: Machine) -> int:
    return sum(call.startswith("psql ") for call in host.calls)


@pytest.mark.accepts("A43")
def test_the_role_gets_its_rights_as_the_master_once_the_application_runs(host: Machine) -> None:
    done = host.run()
    assert (done.returncode, done.stderr) == (0, "")
    calls = [call.partition(" ")[0] for call in host.calls]
    assert calls.index("psql") > max(number for number, one in enumerate(host.calls) if "health" in one)
    names = (PLAIN["db-host"], PLAIN["db-name"], PLAIN["db-username"], SECRETS["db-password"])
    assert (host.root / "login").read_text().split() == list(names)


def test_each_start_grants_the_tables_that_are_new(host: Machine) -> None:
    host.run()
    host.run()
    assert grants_made(host) == 2


def test_the_authorities_are_downloaded_once(host: Machine) -> None:
    host.run()
    host.run()
    assert sum("truststore" in call for call in host.calls) == 1


def test_without_the_authorities_nothing_is_sent_to_the_database(host: Machine) -> None:
    host.queue("downloads", 22)
    done = host.run()
    assert (done.returncode, done.stderr) == (0, LACKS)
    assert grants_made(host) == 0
    assert host.run().stderr == "", "the next start downloads them"


def test_an_update_succeeds_and_says_so_where_the_role_cannot_be_granted(host: Machine) -> None:
    host.queue("grants", 3)
    done = host.run()
    assert (done.returncode, done.stderr) == (0, LACKS)
    assert f"running {OLD}" in done.stdout


def test_an_application_that_is_unhealthy_is_granted_nothing(host: Machine) -> None:
    host.queue("results", 1)
    host.run()
    assert grants_made(host) == 0


def test_a_host_that_does_not_read_the_login_grants_nothing(host: Machine) -> None:
    host.spec = dataclasses.replace(host.spec, login=())
    assert host.run().returncode == 0
    assert grants_made(host) == 0


def test_the_statements_are_written_for_root_alone() -> None:
    file = written(shipped_user_data(PRODUCTION))[GRANTS]
    assert (file["content"], file["permissions"]) == (grants(), "0600")


def test_the_host_installs_the_client_that_runs_the_statements() -> None:
    installed = written(shipped_user_data(PRODUCTION))["/root/install-host.sh"]["content"]
    (packages,) = re.findall(r"^packages=\((.*)\)$", installed, re.M)
    assert "postgresql-client" in packages.split()


@pytest.mark.accepts("A43")
def test_psql_runs_the_statements_as_often_as_the_host_starts(postgres: Postgres, tmp_path: Path) -> None:
    installation = find()
    assert installation is not None
    file = tmp_path / "restore-reader.sql"
    file.write_text(grants())
    postgres.create_database("films")
    drop_roles(postgres, RESTORE_READER, "films_admin")
    with postgres.connect("films") as admin:
        statement = "CREATE ROLE films_admin LOGIN CREATEROLE CREATEDB PASSWORD {}"
        admin.execute(SQL(statement).format(scram_verifier("master")))
        make_rds_iam(admin, "films_admin")
        admin.execute("ALTER DATABASE films OWNER TO films_admin")
    dsn = postgres.dsn("films", user="films_admin", password="master")
    command = [str(installation.binaries / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    for table in ("auth_user", "films_film"):
        with psycopg.connect(dsn, autocommit=True) as master:
            master.execute(SQL("CREATE TABLE {} AS SELECT 1 AS id").format(Identifier(table)))
        done = subprocess.run(
            [*command, f"--file={file}", "--host=127.0.0.1", f"--port={postgres.server_port}", "films"],
            env={"PATH": os.environ["PATH"], "PGUSER": "films_admin", "PGPASSWORD": "master"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    with postgres.connect("films") as admin:
        admin.execute(SQL("ALTER ROLE restore_reader PASSWORD {}").format(scram_verifier("token")))
    with psycopg.connect(postgres.dsn("films", user=RESTORE_READER, password="token")) as reader:
        for table in ("auth_user", "films_film"):
            assert reader.execute(SQL("SELECT id FROM {}").format(Identifier(table))).fetchall() == [(1,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("INSERT INTO auth_user VALUES (2)")
    postgres.create_database("films")
    drop_roles(postgres, RESTORE_READER, "films_admin")
