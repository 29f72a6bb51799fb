"""Tests of a retirement's record, and of the generations in the stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.core.exits import Exit
from ops.rotation.retire import How, retire
from tests.ops.rotation.small_stack import SmallStack, refusal

KEY = "internal-service-secret"


@pytest.mark.finding(1)
def test_a_retirement_from_an_older_checkout_does_not_say_that_it_is_done(
    stack: SmallStack, tmp_path: Path
) -> None:
    older = stack.checkout(tmp_path / "older")
    stack.rotate(KEY)
    how = How(write=True, token_minutes=0)
    said = refusal(Exit.REFUSED, lambda: retire(stack.context(root=older), KEY, how))
    assert "an update is pending" in said
    assert 1 in stack.ring("internal-service-keyring")
