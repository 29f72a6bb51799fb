"""Tests of the data stores' checks: backups, and user names."""

from __future__ import annotations

import pytest

import functions.postgresql.restore_reader
import settings.names
from functions.rotate_database.roles import Roles
from tests.settings.stack_files import problems


@pytest.mark.failure(9)
@pytest.mark.accepts("A42")
def test_six_days_of_backups_are_refused() -> None:
    assert problems(("database.backupRetentionDays", 6)) == ["database.backupRetentionDays=6: minimum 7"]


def test_seven_days_of_backups_are_accepted() -> None:
    assert problems(("database.backupRetentionDays", 7)) == []


@pytest.mark.parametrize("name", ["postgres", "admin", "root", "rdsadmin"])
@pytest.mark.accepts("A52")
def test_a_guessable_admin_name_is_refused(name: str) -> None:
    assert problems(("database.username", name)) == [
        f"database.username={name}: attackers try this name first; choose another"
    ]


@pytest.mark.parametrize("prefix", ["aiponge", "aiponge-two"])
@pytest.mark.accepts("A52")
@pytest.mark.attack(32)
@pytest.mark.finding(18)
def test_an_admin_named_like_a_role_of_the_rotation_is_refused(prefix: str) -> None:
    names = Roles.of(prefix.replace("-", "_")).names
    for name in names:
        assert problems(("application.namePrefix", prefix), ("database.username", name)) == [
            f"database.username={name}: the rotation of the database URL creates and changes roles named "
            f"{', '.join(names)}; choose another, such as {prefix.replace('-', '_')}_admin"
        ]


@pytest.mark.accepts("A52")
@pytest.mark.parametrize("stack", ["prod", "cinematch-production"])
def test_an_admin_named_like_the_role_for_restored_copies_is_refused(stack: str) -> None:
    prefix = "aiponge" if stack == "prod" else "cinematch"
    assert problems(("database.username", "restore_reader"), stack=stack) == [
        "database.username=restore_reader: is the role that restored copies are checked with; choose "
        f"another, such as {prefix}_admin"
    ]


def test_the_role_for_restored_copies_has_one_name() -> None:
    assert functions.postgresql.restore_reader.RESTORE_READER == settings.names.RESTORE_READER


def test_an_admin_named_like_such_a_role_is_accepted_where_nothing_rotates_it() -> None:
    changes = ("database.username", "cinematch_owner")
    assert problems(changes, stack="cinematch-production") == []
