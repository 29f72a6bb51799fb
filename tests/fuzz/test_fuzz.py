"""Reads some changed stack files in every run; ``python -m tests.fuzz`` reads more."""

from __future__ import annotations

from tests.fuzz.run import fuzz

EXAMPLES = 200


def test_a_changed_stack_file_is_accepted_or_refused_with_a_path_in_every_line() -> None:
    seen = fuzz(EXAMPLES)
    assert seen["accepted"] > EXAMPLES // 20
    assert seen["refused"] > EXAMPLES // 3
