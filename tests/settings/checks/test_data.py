"""Data stores keep their backups, and have no user name that every attacker tries."""

from __future__ import annotations

import pytest

from tests.settings.stack_files import problems


@pytest.mark.failure(9)
@pytest.mark.accepts("A42")
def test_six_days_of_backups_are_refused() -> None:
    assert problems(("database.backupRetentionDays", 6)) == [
        "database.backupRetentionDays=6: minimum 7 (A42)"
    ]


def test_seven_days_of_backups_are_accepted() -> None:
    assert problems(("database.backupRetentionDays", 7)) == []


@pytest.mark.parametrize("name", ["postgres", "admin", "root", "rdsadmin"])
@pytest.mark.accepts("A52")
def test_a_guessable_admin_name_is_refused(name: str) -> None:
    assert problems(("database.username", name)) == [
        f"database.username={name}: every attacker tries it first; choose another"
    ]
