"""The operation record of a retirement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ops.core.exits import Exit
from ops.rotation.retire import How, retire
from tests.ops.rotation.small_stack import Killed, SmallStack, ends_at, every_boundary, refusal

KEY = "internal-service-secret"
STEP = f"secrets.{KEY}.minGeneration: 2"
BOUNDARIES = [
    "record written",
    "proof: begun",
    "proof: done",
    *(f"{STEP}: {part}" for part in ("begun", "edited", "updated", "proven", "done")),
    "before the record is closed",
    "record kept",
]


@pytest.fixture
def rotated(stack: SmallStack) -> SmallStack:
    stack.rotate(KEY)
    return stack


def retired(stack: SmallStack, boundary: Any = lambda _: None, *, resume: bool = False) -> Exit:
    how = How(write=True, token_minutes=0, resume=resume)
    return retire(stack.context(boundary=boundary), KEY, how)


def test_the_kills_are_at_every_boundary(rotated: SmallStack) -> None:
    assert every_boundary(lambda boundary: retired(rotated, boundary)) == BOUNDARIES


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_killed_at_any_boundary_a_retirement_is_resumed(rotated: SmallStack, boundary: str) -> None:
    before = rotated.ring("internal-service-keyring")
    with pytest.raises(Killed):
        retired(rotated, ends_at(boundary, Killed))
    assert f"retire {KEY} is under way" in refusal(Exit.REFUSED, lambda: retired(rotated))
    assert retired(rotated, resume=True) == Exit.DONE
    assert rotated.ring("internal-service-keyring") == {n: before[n] for n in (2, 3)}
    assert "nothing to resume" in refusal(Exit.REFUSED, lambda: retired(rotated, resume=True))


def test_a_retirement_from_an_older_checkout_does_not_say_that_it_is_done(
    stack: SmallStack, tmp_path: Path
) -> None:
    older = stack.checkout(tmp_path / "older")
    stack.rotate(KEY)
    how = How(write=True, token_minutes=0)
    said = refusal(Exit.REFUSED, lambda: retire(stack.context(root=older), KEY, how))
    assert "an update is pending" in said
    assert 1 in stack.ring("internal-service-keyring")
