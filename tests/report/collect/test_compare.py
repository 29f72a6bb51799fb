"""Tests of the settings that differ between two stacks."""

from __future__ import annotations

from report.collect import compare
from settings import read_stack_file

STAGING, PROD = read_stack_file("staging"), read_stack_file("prod")


def test_a_stack_does_not_differ_from_itself() -> None:
    found = compare(PROD, PROD, "prod")
    assert found.differences == ()
    assert found.same > 100


def test_a_setting_is_shown_with_both_values() -> None:
    found = {one.path: one for one in compare(STAGING, PROD, "prod").differences}
    size = found["database.multiAz"]
    assert (size.section, size.here, size.there) == ("database", "false", "true")


def test_a_setting_that_one_stack_does_not_have_is_empty_there() -> None:
    found = {one.path: one for one in compare(STAGING, PROD, "prod").differences}
    assert found["backup.copyRegion"].here == ""
    assert found["backup.copyRegion"].there != ""
