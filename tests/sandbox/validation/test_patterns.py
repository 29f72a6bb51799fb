"""Tests of regular expressions of AWS's models: all that the sandbox's calls and types have are checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.provider import types as types  # fills the table
from sandbox.provider.rows import ROWS
from sandbox.validation import cloudformation, patterns
from sandbox.validation.cloudformation_types import target_of
from tests.sandbox.validation.planted import client

SKIPPED: set[str] = set()
"""Patterns that are invalid in Python and were not rewritten: nothing is checked against them."""


def patterns_of(schema: Any) -> Iterator[str]:
    """Every pattern in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for part in schema.values():
            yield from patterns_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from patterns_of(part)


def used_patterns() -> set[str]:
    """The patterns of all operations of the rows' services that the sandbox calls, and of their types."""
    found: set[str] = set()
    for service in {row.service for row in ROWS.values()}:
        model = client(service).meta.service_model
        shapes = model._shape_resolver._shape_map.values()
        found |= {shape["pattern"] for shape in shapes if "pattern" in shape}
        for operation in model.operation_names:
            target = target_of(service, operation)
            resource = cloudformation.resource_of(target.type) if target else None
            if resource:
                found |= set(patterns_of([resource.schema, *resource.additions]))
    return found


def test_every_pattern_is_checked_but_the_skipped_ones() -> None:
    used = used_patterns()
    assert len(used) > 500
    assert {one for one in used if patterns.compiled(one) is None} == SKIPPED


@pytest.mark.parametrize(
    ("text", "whole", "right"), [("ab", True, True), ("ab!", True, False), ("ab!", False, True)]
)
def test_a_service_takes_a_text_that_matches_as_a_whole(text: str, whole: bool, right: bool) -> None:
    assert patterns.matches("[a-z]+", text, whole=whole) is right


@pytest.mark.parametrize("text", ["plain", "über", "\N{SLIGHTLY SMILING FACE}"])
def test_a_pattern_with_surrogates_is_rewritten(text: str) -> None:
    java = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*"
    assert patterns.compiled(java)
    assert patterns.matches(java, text, whole=True)
    assert not patterns.matches(java, "\0", whole=True)
