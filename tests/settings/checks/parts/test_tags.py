"""Tests of the checks of the tags that a stack file adds."""

from __future__ import annotations

import pytest

from tests.settings.stack_files import problems


def test_tags_of_ones_own_are_accepted() -> None:
    assert problems(("extraTags", {"CostCentre": "4711", "team:owner": "Data-Co"})) == []


@pytest.mark.parametrize(
    "key", ["App", "Env", "ManagedBy", "Name", "aws:x", "AWS:x", "strongroom:generation"]
)
def test_a_key_of_the_program_or_of_aws_is_refused(key: str) -> None:
    assert problems(("extraTags", {key: "x"})) == [
        f"extraTags.{key}: is a key of the program or of AWS; choose another"
    ]


def test_more_tags_than_fit_are_refused() -> None:
    assert problems(("extraTags", {f"tag-{number}": "x" for number in range(31)})) == [
        "extraTags: has 31 tags, and at most 30 fit; remove 1"
    ]


def test_a_value_that_aws_does_not_take_is_refused() -> None:
    (said,) = problems(("extraTags", {"Owner": "a;b"}))
    assert said.startswith("extraTags.Owner=a;b: ")
