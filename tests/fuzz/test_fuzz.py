"""Reads some changed stack files and `.env` files in every run; ``python -m tests.fuzz`` reads more."""

from __future__ import annotations

from tests.fuzz import dotenv
from tests.fuzz.run import fuzz

EXAMPLES = 200


def test_a_changed_stack_file_is_accepted_or_refused_with_a_path_in_every_line() -> None:
    seen = fuzz(EXAMPLES)
    assert seen["accepted"] > EXAMPLES // 20
    assert seen["refused"] > EXAMPLES // 3


def test_a_changed_env_file_is_accepted_or_refused_by_line_without_its_values() -> None:
    seen = dotenv.fuzz(EXAMPLES)
    assert seen["accepted"] > EXAMPLES // 30
    assert seen["refused"] > EXAMPLES // 3
