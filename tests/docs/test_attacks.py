"""Tests of the generated page of attacks."""

from __future__ import annotations

from docs.attacks import MARK, rows
from docs.markers import marked_by_number

NUMBERS = [int(row["number"]) for row in rows()]


def test_leaves_no_number_without_a_test() -> None:
    assert sorted(set(NUMBERS) - marked_by_number(MARK).keys()) == []


def test_knows_every_number_that_a_test_names() -> None:
    assert sorted(marked_by_number(MARK).keys() - set(NUMBERS)) == []


def test_numbers_its_rows_one_after_the_other() -> None:
    assert list(range(1, len(NUMBERS) + 1)) == NUMBERS
