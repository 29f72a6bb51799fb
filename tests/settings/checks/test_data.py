"""Tests of the data stores' checks: backups, and user names."""

from __future__ import annotations

import pytest

import functions.postgresql.restore_reader
import settings.names
from functions.rotate_database.roles import Roles
from tests.settings.stack_files import REMOVED, accept, problems


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


@pytest.mark.accepts("A42", "A43")
@pytest.mark.parametrize("stack", ["prod", "cinematch-production"])
def test_production_without_backups_is_refused(stack: str) -> None:
    assert problems(("backup", REMOVED), stack=stack) == [
        "backup: missing; production needs a vault, copies in another region and restore tests; "
        "declare copyRegion and tables"
    ]


@pytest.mark.parametrize("stack", ["staging", "cinematch-staging"])
def test_backups_are_optional_in_staging(stack: str) -> None:
    assert accept(stack=stack).backup is None
    backup = accept(("backup", {"tables": {"lib_entries": 1}}), stack=stack).backup
    assert backup is not None
    assert (backup.retention_days, backup.lock_mode, backup.copy_region) == (35, "COMPLIANCE", None)


@pytest.mark.accepts("A42")
def test_production_needs_a_copy_in_another_region() -> None:
    assert problems(("backup.copyRegion", REMOVED)) == [
        "backup.copyRegion: missing; production needs a copy in another region; name one"
    ]
    assert problems(("backup.copyRegion", "eu-west-1")) == [
        "backup.copyRegion=eu-west-1: is the stack's own region; name another"
    ]


@pytest.mark.parametrize(("days", "accepted"), [(6, False), (7, True), (365, True), (366, False)])
@pytest.mark.accepts("A42")
def test_recovery_points_are_kept_for_a_week_to_a_year(days: int, accepted: bool) -> None:
    found = problems(("backup.retentionDays", days))
    assert (found == []) is accepted
    assert all(one.startswith(f"backup.retentionDays={days}: ") for one in found)


@pytest.mark.parametrize("tables", [{}, {"drop table": 1}, {"lib_entries": -1}])
@pytest.mark.accepts("A43")
def test_a_restore_test_names_tables_and_their_least_rows(tables: dict[str, int]) -> None:
    assert problems(("backup.tables", tables))


@pytest.mark.accepts("A43")
def test_a_restore_test_decrypts_with_one_keyring() -> None:
    columns = [{"table": "notes", "key": "id", "column": "text", "owner": "user_id"}]
    second = {
        "name": "aiponge/notes-key",
        "kind": "aes-256-key",
        "description": "AES-256 key of notes",
        "env": "NOTES_KEY",
        "readers": ["user"],
        "keyring": {"name": "aiponge/notes-keyring", "env": "NOTES_KEYRING"},
        "encryptedColumns": columns,
    }
    assert problems(("secrets.notes-key", second)) == [
        "backup: entry-encryption-key, notes-key have encryptedColumns, and a restore test decrypts with one "
        "keyring only; declare the columns under one of them"
    ]
