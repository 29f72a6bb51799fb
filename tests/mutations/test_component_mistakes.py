"""Checks that each mistake is refused at preview, or fails the test that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutations import Mutation, mutations
from tests.mutations.copies import applied, copy_tree
from tests.mutations.judge import preview, refused, run

MISTAKES = [mutation for mutation in mutations() if mutation.attack is None]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_tree(tmp_path_factory.mktemp("program"))


@pytest.mark.parametrize("mistake", [one for one in MISTAKES if one.policies], ids=str)
def test_a_mistake_is_refused_at_preview(mistake: Mutation, root: Path) -> None:
    with applied(mistake, root):
        assert refused(mistake, preview(root))


@pytest.mark.parametrize("mistake", [one for one in MISTAKES if not one.policies], ids=str)
def test_a_mistake_that_no_policy_sees_fails_its_test(mistake: Mutation, root: Path) -> None:
    with applied(mistake, root):
        assert run(mistake.test, root) == pytest.ExitCode.TESTS_FAILED
