"""Tests of the retention of log groups."""

from __future__ import annotations

import pytest

from settings.aws.logs import RETENTION_DAYS
from tests.settings.aws.vendored import retention_days
from tests.settings.stack_files import problems

LOG_GROUPS = (
    *("database.logDays", "cache.logDays", "edge.logDays", "audit.logDays", "monitoring.logDays"),
    "network.flowLogDays",
)


def test_the_numbers_are_those_of_cloudformation() -> None:
    assert retention_days() == RETENTION_DAYS.allowed


@pytest.mark.parametrize("path", LOG_GROUPS)
def test_every_log_group_is_retained_for_a_number_of_days_that_exists(path: str) -> None:
    assert problems((path, 100)) == [
        f"{path}=100: CloudWatch Logs has no such number of days; write 90 or 120"
    ]
    assert problems((path, 120)) == []


@pytest.mark.parametrize(("days", "near"), [(0, "1"), (45, "30 or 60"), (9999, "3653")])
def test_the_nearest_numbers_are_named(days: int, near: str) -> None:
    (said,) = problems(("monitoring.logDays", days))
    assert said.endswith(f"; write {near}")
