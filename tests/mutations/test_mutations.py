"""Checks that every mutation applies to the program, and that the runner reports killed and survived ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from docs.attacks import MARK, rows
from docs.markers import marked_by_number
from docs.requirements import findings
from settings.stack_file import ROOT
from tests.mutations import Mutation, mutations
from tests.mutations.__main__ import main
from tests.mutations.copies import applied
from tests.mutations.judge import Outcome, Preview, program_names

MUTATIONS = list(mutations())
ANSWERS = marked_by_number(MARK)
REPRODUCED = marked_by_number("finding")
PLAIN = Mutation("care is taken", "one.py", "True", "False", "", attack=1)
REFUSED = Mutation("care is taken", "one.py", "True", "False", "", name="no care", policies=("careful",))


def test_every_attack_has_one_to_three_mutations() -> None:
    counts = Counter(mutation.attack for mutation in MUTATIONS if mutation.attack is not None)
    assert counts.keys() == {int(row["number"]) for row in rows()}
    assert max(counts.values()) <= 3


def test_every_finding_has_a_mutation_that_reintroduces_it() -> None:
    found = {mutation.finding for mutation in MUTATIONS if mutation.finding is not None}
    assert found == {int(row["number"]) for row in findings()}


def test_every_other_mutation_has_a_name_of_its_own() -> None:
    names = Counter(
        mutation.name for mutation in MUTATIONS if mutation.attack is None and mutation.finding is None
    )
    assert set(names.values()) == {1}
    assert "" not in names


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_mutation_applies_once_and_its_test_is_marked_with_its_number(mutation: Mutation) -> None:
    changed = mutation.mutated(ROOT)
    assert changed != (ROOT / mutation.file).read_text()
    if mutation.file.endswith(".py"):
        compile(changed, mutation.file, "exec")
    path, _, test = mutation.test.split("[")[0].partition("::")
    if mutation.attack is not None:
        assert f"{path}::{test}" in ANSWERS[mutation.attack]
    elif mutation.finding is not None:
        assert f"{path}::{test}" in REPRODUCED[mutation.finding]
    else:
        assert f"def {test}(" in (ROOT / path).read_text()


def test_a_mutation_whose_text_is_gone_is_named() -> None:
    gone = Mutation("nothing", "README.md", "no such words stand here", "", "", attack=1)
    with pytest.raises(ValueError, match=r"#1 nothing: found 0 times in README\.md"):
        gone.mutated(ROOT)


def test_a_file_is_restored_after_its_mutation(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("careful = True\n")
    with applied(PLAIN, tmp_path):
        assert (tmp_path / "one.py").read_text() == "careful = False\n"
    assert (tmp_path / "one.py").read_text() == "careful = True\n"


def test_a_mutation_that_does_not_parse_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("careful = True\n")
    with (
        pytest.raises(SyntaxError),
        applied(Mutation("", "one.py", "True", "(", "", attack=1), tmp_path),
    ):
        pass
    assert (tmp_path / "one.py").read_text() == "careful = True\n"


@pytest.mark.parametrize(
    ("without", "with_it", "killed"), [(0, 1, True), (0, 0, False), (1, 1, False), (0, 2, False)]
)
def test_a_mutation_is_killed_only_where_its_test_passes_without_it_and_fails_with_it(
    without: int, with_it: int, killed: bool
) -> None:
    assert Outcome(PLAIN, without, with_it, 0.1).killed is killed


@pytest.mark.parametrize(
    ("preview", "killed"),
    [
        (Preview(1, frozenset({"careful", "another"})), True),
        (Preview(1, frozenset({"another"})), False),
        (Preview(0, frozenset({"careful"})), False),
        (None, False),
    ],
)
def test_a_mutation_with_policies_is_killed_only_where_they_refuse_its_preview(
    preview: Preview | None, killed: bool
) -> None:
    assert Outcome(REFUSED, 0, 1, 0.1, preview).killed is killed


def test_the_modules_of_a_copy_are_known_without_a_list(tmp_path: Path) -> None:
    for name in ("__main__.py", "one.py", "package/part.py", "tests/test_one.py", "docs/page.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert program_names(tmp_path) == {"one", "package"}


def test_an_unknown_choice_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "1", "4711"]) == 2
    assert "no mutation is named 4711" in capsys.readouterr().err
