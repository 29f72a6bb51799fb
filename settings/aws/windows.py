"""The weekly and daily windows of RDS in UTC: their form, their shortest length, and whether two overlap."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.aws.rule import AWS_DOCS, Text

_CREATE = f"{AWS_DOCS}AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME, _DAY = r"(?:[01]\d|2[0-3]):[0-5]\d", f"(?:{'|'.join(DAYS)})"
MINUTES_OF_DAY, MINUTES_OF_WEEK = 24 * 60, 7 * 24 * 60
SHORTEST_MINUTES = 30
"""``PreferredBackupWindow`` and ``PreferredMaintenanceWindow``: at least 30 minutes."""

BACKUP = Text(f"{_TIME}-{_TIME}", "a time of the day in UTC, as 02:00-03:00", _CREATE)
MAINTENANCE = Text(
    f"{_DAY}:{_TIME}-{_DAY}:{_TIME}", "a time of the week in UTC, as sun:03:30-sun:04:30", _CREATE
)


def _long_enough(window: str) -> str:
    _, length = minutes(window)
    if length < SHORTEST_MINUTES:
        raise ValueError(f"has {length} minutes, RDS needs {SHORTEST_MINUTES} or more; end it later")
    return window


def _within_a_day(window: str) -> str:
    _, length = minutes(window)
    if length > MINUTES_OF_DAY:
        raise ValueError(f"has {length // 60} hours; write a window of at most 24 hours")
    return window


BackupWindow = Annotated[str, AfterValidator(BACKUP), AfterValidator(_long_enough)]
"""A daily window in which RDS takes its automated backup."""
MaintenanceWindow = Annotated[
    str, AfterValidator(MAINTENANCE), AfterValidator(_long_enough), AfterValidator(_within_a_day)
]
"""A weekly window in which RDS applies changes and upgrades."""


def minutes(window: str) -> tuple[int, int]:
    """Begin of a window in minutes since midnight, or since Monday, and its length."""
    begin, end = map(_minute, re.findall(rf"(?:{_DAY}:)?{_TIME}", window))
    return begin, (end - begin) % (MINUTES_OF_WEEK if window[0].isalpha() else MINUTES_OF_DAY)


def overlap(backup: str, maintenance: str) -> bool:
    """Whether a daily window and a weekly one overlap, or one begins when the other ends."""
    begin, length = minutes(backup)
    weekly, lasting = minutes(maintenance)
    return any(
        (weekly - day) % MINUTES_OF_WEEK <= length or (day - weekly) % MINUTES_OF_WEEK <= lasting
        for day in range(begin, MINUTES_OF_WEEK, MINUTES_OF_DAY)
    )


def _minute(text: str) -> int:
    *day, hours, rest = text.split(":")
    return (DAYS.index(day[0]) if day else 0) * MINUTES_OF_DAY + int(hours) * 60 + int(rest)
