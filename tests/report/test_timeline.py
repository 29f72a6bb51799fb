"""Tests of the scale of the rotation timeline."""

from __future__ import annotations

from datetime import date

from report.timeline import MOST_MONTHS, Timeline
from report.view import View
from tests.report.declared import report

TODAY = date(2026, 11, 29)


def test_a_later_day_is_further_to_the_right_and_every_day_is_inside() -> None:
    secrets = View(report("staging")).stored
    timeline = Timeline(secrets, TODAY)
    for one in secrets:
        assert one.changed is not None
        assert one.due is not None
        assert 0 < timeline.at(one.changed.date()) < timeline.at(one.due) < 100


def test_today_is_on_the_scale_of_a_stack_without_values() -> None:
    assert Timeline((), TODAY).at(TODAY) == 50


def test_few_months_are_named_in_their_order() -> None:
    months = Timeline(View(report("staging")).stored, TODAY).months
    assert 1 < len(months) <= MOST_MONTHS
    assert months == sorted(months)
