"""Checks that each mistake is refused at preview, or fails the test that it names."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.mutations import HERE, Mutation, listed
from tests.mutations.copies import applied, copy_tree
from tests.mutations.judge import Preview, preview, refused, run

MISTAKES = listed(HERE / "component_mistakes.yaml")
REFUSED = [mistake for mistake in MISTAKES if mistake.policies]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_tree(tmp_path_factory.mktemp("program"))


@pytest.fixture(scope="module")
def previewed(root: Path) -> Preview:
    """One preview with all of them: each has policies of its own, and `make mutations` tries each alone."""
    with ExitStack() as made:
        for mistake in REFUSED:
            made.enter_context(applied(mistake, root))
        return preview(root)


@pytest.mark.parametrize("mistake", REFUSED, ids=str)
def test_a_mistake_is_refused_at_preview(mistake: Mutation, previewed: Preview) -> None:
    assert refused(mistake, previewed)


def test_every_mistake_has_policies_of_its_own() -> None:
    named = Counter(policy for mistake in REFUSED for policy in mistake.policies)
    assert set(named.values()) == {1}


@pytest.mark.parametrize("mistake", [one for one in MISTAKES if not one.policies], ids=str)
def test_a_mistake_that_no_policy_sees_fails_its_test(mistake: Mutation, root: Path) -> None:
    with applied(mistake, root):
        assert run(mistake.test, root) == pytest.ExitCode.TESTS_FAILED
