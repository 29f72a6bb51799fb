"""The lists of guards stay true of the program; ``make guards`` takes each away and sees its test fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.attacks import TESTS, answers, rows
from settings.stack_file import ROOT
from tests.guards import Guard, guards
from tests.guards.__main__ import Seen, without

GUARDS = list(guards())
ANSWERS = answers(TESTS)


def test_every_numbered_attack_has_a_guard_that_can_be_taken_away() -> None:
    assert {guard.attack for guard in GUARDS} == {int(row["number"]) for row in rows()}


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.attack} {guard.holds}")
def test_a_guard_stands_in_its_file_and_its_test_answers_its_attack(guard: Guard) -> None:
    changed = guard.taken_away(ROOT)
    assert changed != (ROOT / guard.file).read_text()
    if guard.file.endswith(".py"):
        compile(changed, guard.file, "exec")
    assert guard.test.split("[")[0] in ANSWERS[guard.attack]


def test_a_guard_that_no_longer_stands_where_it_was_is_named() -> None:
    gone = Guard(1, "nothing", "README.md", "no such words stand here", "", "")
    with pytest.raises(ValueError, match="#1 nothing: found 0 times"):
        gone.taken_away(ROOT)


def test_a_guard_comes_back_after_it_was_taken_away(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("careful = True\n")
    with without(Guard(1, "care", "one.py", "True", "False", ""), tmp_path):
        assert (tmp_path / "one.py").read_text() == "careful = False\n"
    assert (tmp_path / "one.py").read_text() == "careful = True\n"


@pytest.mark.parametrize(
    ("before", "after", "killed"), [(0, 1, True), (0, 0, False), (1, 1, False), (0, 2, False)]
)
def test_a_mutant_is_killed_only_where_the_test_passes_with_the_guard_and_fails_without(
    before: int, after: int, killed: bool
) -> None:
    assert Seen(GUARDS[0], before, after, 0.1).killed is killed
