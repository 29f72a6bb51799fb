"""Places days on the scale of the rotation timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property

from report.schema import Secret

SHORTEST_DAYS, MOST_MONTHS = 30, 5


class Timeline:
    """The scale from the first value that was stored to the last one that is due, with today on it."""

    def __init__(self, secrets: Iterable[Secret], today: date) -> None:
        self.today = today
        self._days = [today]
        for one in secrets:
            self._days += [one.changed.date()] if one.changed else []
            self._days += [one.due] if one.due else []

    @cached_property
    def _scale(self) -> tuple[date, date]:
        """The first and the last day, with some days around them."""
        first, last = min(self._days), max(self._days)
        around = timedelta(days=max((last - first).days, SHORTEST_DAYS) // 40 + 1)
        return first - around, last + around

    def at(self, day: date) -> float:
        """The place of a day, in percent of the width."""
        first, last = self._scale
        return round(100 * (day - first).days / (last - first).days, 1)

    @cached_property
    def months(self) -> list[tuple[float, str]]:
        """The first days of some months, with their names."""
        first, last = self._scale
        starts = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
        shown = [one for one in starts if first < one < last]
        step = max(1, -(-len(shown) // MOST_MONTHS))
        return [(self.at(one), f"{one:%b %Y}") for one in shown[::step]]
