"""The attack list."""

from __future__ import annotations

from docs.attacks import TESTS, answers, marked, rows

NUMBERS = [int(row["number"]) for row in rows()]


def test_leaves_no_number_without_a_test() -> None:
    assert sorted(set(NUMBERS) - answers(TESTS).keys()) == []


def test_knows_every_number_that_a_test_names() -> None:
    assert sorted(answers(TESTS).keys() - set(NUMBERS)) == []


def test_numbers_its_rows_one_after_the_other() -> None:
    assert list(range(1, len(NUMBERS) + 1)) == NUMBERS


def test_reads_marks_of_a_test_of_its_parameters_and_of_its_module() -> None:
    source = """
pytestmark = [pytest.mark.attack(1)]
@pytest.mark.attack(3, 2)
def test_a(): ...
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.attack(4))])
def test_b(): ...
@pytest.mark.accepts("A1")
def helper(): ...
@pytest.mark.attack(5)
class TestC:
    @pytest.mark.attack(6)
    def test_d(self): ...
"""
    assert list(marked(source)) == [
        ("test_a", [1, 2, 3]),
        ("test_b", [1, 4]),
        ("TestC::test_d", [1, 5, 6]),
    ]
