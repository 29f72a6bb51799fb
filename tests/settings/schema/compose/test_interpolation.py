"""Tests of compose's `$NAME`: which variables a text needs, and how a text is written that needs none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import sampled_from, text

from settings.schema.compose.interpolation import literal, references


@pytest.mark.parametrize(
    ("written", "needed"),
    [
        ("$NAME and ${OTHER}", ["NAME", "OTHER"]),
        ("${IMAGE:?set it} ${IMAGE?}", ["IMAGE", "IMAGE"]),
        ("${A:-x} ${A-x} ${A:+x} ${A+x}", []),
        ("$$NAME costs $5, or 5$", []),
        ("${", [None]),
        ("${5}", [None]),
    ],
)
def test_the_variables_that_a_text_needs(written: str, needed: list[str | None]) -> None:
    assert list(references(written)) == needed


@given(text(alphabet=sampled_from("aB_ ${}:-?5")))
def test_a_literal_text_needs_no_variable_and_keeps_every_dollar_sign(given_text: str) -> None:
    assert list(references(literal(given_text))) == []
    assert literal(given_text).replace("$$", "$") == given_text
