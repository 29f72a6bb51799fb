"""Tests of versions, users and databases of RDS for PostgreSQL."""

from __future__ import annotations

import pytest

from settings.aws.postgresql import MAJOR_VERSIONS, RESERVED
from tests.postgres import Postgres
from tests.settings.aws.vendored import postgresql_versions
from tests.settings.stack_files import problems


@pytest.mark.parametrize("version", ["14", "17", "18", "15.4", "16.10"])
def test_a_version_is_accepted(version: str) -> None:
    assert problems(("database.engineVersion", version)) == []


@pytest.mark.parametrize("version", ["9.6", "13", "99", "17.x", "latest", "17.", "16.4.1", "16.10-limitless"])
def test_another_version_is_refused(version: str) -> None:
    (said,) = problems(("database.engineVersion", version))
    assert said.startswith(
        f"database.engineVersion={version}: must be a major version in quotes (14, 15, 16,"
    )


def test_every_accepted_version_is_one_of_rds() -> None:
    assert set(MAJOR_VERSIONS) <= postgresql_versions()


@pytest.mark.parametrize("path", ["database.username", "database.name"])
@pytest.mark.parametrize("name", ["user", "select", "table", "left", "system_user"])
def test_a_reserved_word_is_refused(path: str, name: str) -> None:
    assert problems((path, name)) == [f"{path}={name}: is a reserved word of PostgreSQL; choose another"]


@pytest.mark.parametrize("name", ["pg_x", "rds_superuser", "rdsrepladmin", "public", "none"])
def test_a_user_of_postgresql_or_rds_is_refused(name: str) -> None:
    (said,) = problems(("database.username", name))
    assert said.startswith(f"database.username={name}: must be a name of your own")


@pytest.mark.parametrize("name", ["postgres", "template0", "template1", "rdsadmin"])
def test_a_database_that_exists_already_is_refused(name: str) -> None:
    assert problems(("database.name", name)) == [
        f"database.name={name}: is a database that PostgreSQL or RDS creates itself; choose another"
    ]


@pytest.mark.parametrize("name", ["App", "1app", "my-app", "a" * 32, "", "a b"])
@pytest.mark.parametrize("path", ["database.username", "database.name"])
def test_another_form_is_refused(path: str, name: str) -> None:
    (said,) = problems((path, name))
    assert said.startswith(f"{path}={name}: must be 1 to 31 lower-case letters")


def test_every_reserved_word_of_a_server_is_listed(postgres: Postgres) -> None:
    with postgres.connect() as admin:
        rows = admin.execute("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')").fetchall()
    assert {word for (word,) in rows} <= RESERVED.words
