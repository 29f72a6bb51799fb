"""Tests of the dates from which AWS deprecates versions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from rules.lib.deprecations import Deprecations, read

A_YEAR = timedelta(days=365)
LIST = Deprecations(
    "https://example.com", date(2026, 1, 1), {"old": date(2026, 5, 1), "new": date(2028, 5, 1)}
)


@pytest.mark.parametrize("name", sorted(read()))
def test_the_dates_were_compared_with_their_source_in_the_last_year(name: str) -> None:
    found = read()[name]
    assert date.today() - found.checked < A_YEAR, f"compare {name} with {found.source}, then set checked"


@pytest.mark.parametrize("name", sorted(read()))
def test_a_list_has_something_deprecated_and_something_supported(name: str) -> None:
    found = read()[name]
    assert found.supported()
    assert any(map(found.deprecated, found.dates))


def test_a_name_is_deprecated_from_its_date_on() -> None:
    days = (date(2026, 4, 30), date(2026, 5, 1))
    assert [LIST.deprecated("old", day) for day in days] == [False, True]
    assert LIST.supported(date(2026, 5, 1)) == ["new"]


def test_a_name_that_is_not_listed_is_not_deprecated() -> None:
    assert not LIST.deprecated("newest")
