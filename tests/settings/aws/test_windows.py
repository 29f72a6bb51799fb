"""Tests of the windows of RDS: form, length and overlap."""

from __future__ import annotations

import pytest

from settings.aws.windows import overlap
from tests.settings.stack_files import problems

BACKUP, MAINTENANCE = "database.backupWindow", "database.maintenanceWindow"


@pytest.mark.parametrize("window", ["05:00-05:30", "23:45-00:15", "12:00-13:00"])
def test_a_daily_window_of_half_an_hour_is_accepted(window: str) -> None:
    assert problems((BACKUP, window)) == []


@pytest.mark.parametrize(
    "window", ["2:00-3:00", "24:00-01:00", "02:60-03:30", "sun:02:00-sun:03:00", "02:00", ""]
)
def test_a_backup_window_of_another_form_is_refused(window: str) -> None:
    said = f"{BACKUP}={window}: must be a time of the day in UTC, as 02:00-03:00"
    assert problems((BACKUP, window)) == [said]


@pytest.mark.parametrize("window", ["sun:05:00-sun:05:30", "sun:23:45-mon:00:15"])
def test_a_weekly_window_of_half_an_hour_is_accepted(window: str) -> None:
    assert problems((MAINTENANCE, window)) == []


@pytest.mark.parametrize(
    "window", ["05:00-06:00", "Sun:05:00-Sun:06:00", "sun:05:00-06:00", "day:05:00-day:06:00"]
)
def test_a_maintenance_window_of_another_form_is_refused(window: str) -> None:
    said = f"{MAINTENANCE}={window}: must be a time of the week in UTC, as sun:03:30-sun:04:30"
    assert problems((MAINTENANCE, window)) == [said]


@pytest.mark.parametrize(
    ("path", "window", "minutes"),
    [(BACKUP, "05:00-05:29", 29), (BACKUP, "05:00-05:00", 0), (MAINTENANCE, "sun:23:45-mon:00:14", 29)],
)
def test_a_window_that_is_too_short_is_refused(path: str, window: str, minutes: int) -> None:
    said = f"{path}={window}: has {minutes} minutes, RDS needs 30 or more; end it later"
    assert problems((path, window)) == [said]


def test_a_maintenance_of_more_than_a_day_is_refused() -> None:
    (said,) = problems((MAINTENANCE, "mon:05:00-tue:06:00"))
    assert said == f"{MAINTENANCE}=mon:05:00-tue:06:00: has 25 hours; write a window of at most 24 hours"


@pytest.mark.parametrize(
    ("backup", "maintenance", "expected"),
    [
        ("02:00-03:00", "sun:03:01-sun:04:00", False),
        ("02:00-03:00", "sun:03:00-sun:04:00", True),
        ("02:00-03:00", "sun:01:00-sun:01:59", False),
        ("02:00-03:00", "sun:01:00-sun:02:00", True),
        ("02:00-03:00", "wed:02:20-wed:02:50", True),
        ("01:00-05:00", "wed:02:00-wed:03:00", True),
        ("23:30-00:30", "sun:23:00-mon:00:10", True),
        ("23:30-00:30", "mon:00:15-mon:01:00", True),
        ("23:30-00:30", "mon:00:31-mon:01:01", False),
    ],
)
def test_a_daily_window_overlaps_a_weekly_one_on_its_day(
    backup: str, maintenance: str, expected: bool
) -> None:
    assert overlap(backup, maintenance) is expected


def test_windows_that_overlap_are_refused() -> None:
    assert problems((BACKUP, "03:15-03:45")) == [
        "database.backupWindow=03:15-03:45: overlaps maintenanceWindow=sun:03:30-sun:04:30, "
        "which RDS refuses; move one of them"
    ]
