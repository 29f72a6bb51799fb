"""Numbered markers are read from the source of the tests."""

from __future__ import annotations

from docs.markers import marked


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
    assert list(marked(source, "attack")) == [
        ("test_a", [1, 2, 3]),
        ("test_b", [1, 4]),
        ("TestC::test_d", [1, 5, 6]),
    ]
