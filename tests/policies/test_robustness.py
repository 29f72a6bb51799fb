"""Tests that no input makes a rule crash, whatever the types and spellings of its values."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rules import ALL
from rules.pack.config import Configuration

from tests.policies.judge import UNKNOWN, Entry
from tests.policies.meaning import findings

TYPES = sorted({type_ for rule in ALL for type_ in rule.types} - {"*"})
SOURCES = [path.read_text("utf-8") for path in (Path(__file__).parents[2] / "policies").rglob("*.py")]
WORDS = sorted({word for text in SOURCES for word in re.findall(r'"([A-Za-z][A-Za-z0-9_:.-]{1,40})"', text)})
"""Every short text in the rules: the properties that they read, and the values that they know."""
DOCUMENT_KEYS = (
    "Statement",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "Principal",
    "NotPrincipal",
    "Condition",
)
ODD = (
    "",
    "*",
    "[",
    "{",
    "-1",
    "1e999",
    "nan",
    "0.0.0.0/0",
    "::/0",
    "arn:aws:iam::*:role/x",
    "a:b",
    "\x00",
    UNKNOWN,
)

texts = st.one_of(st.sampled_from(WORDS), st.sampled_from(ODD), st.text(max_size=6))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-2, 70000), st.floats(allow_nan=False), texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(texts, st.sampled_from(DOCUMENT_KEYS)), inner, max_size=4),
        inner.map(json.dumps),
    ),
    max_leaves=12,
)
props = st.dictionaries(st.sampled_from(WORDS), values, max_size=6)


@st.composite
def stack(draw: st.DrawFn) -> dict[str, Entry]:
    """Resources of a few types, some of which depend on one another."""
    types = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=4))
    entries: dict[str, Entry] = {}
    for number, type_ in enumerate(types):
        given_ = draw(props)
        needs = {key: tuple(entries) for key in given_ if entries and draw(st.booleans())}
        entries[f"one-{number}"] = Entry(type_, given_, needs)
    return entries


@settings(max_examples=40, deadline=None)
@given(stack(), st.sampled_from([Configuration(), Configuration(account_id="1", environment="prod")]))
def test_no_input_makes_a_rule_crash(entries: dict[str, Entry], config: Configuration) -> None:
    findings(entries, config)


def shapes(value: Any) -> list[Any]:
    """What a property could hold instead of what it should."""
    return [
        None,
        "",
        "*",
        0,
        True,
        [],
        {},
        [None],
        [[]],
        [{}],
        {"a": None},
        "[{}]",
        json.dumps({"Statement": value}),
    ]


@pytest.mark.parametrize(
    "shape", shapes([{"Principal": [[]], "Action": {"a": 1}, "Condition": ["a", {"b": 2}]}])
)
def test_no_shape_of_every_property_makes_a_rule_crash(shape: Any) -> None:
    keys = [word for word in WORDS if word[0].islower() and word.isalnum()]
    for type_ in TYPES:
        findings({"one": Entry(type_, dict.fromkeys(keys, shape))}, Configuration())
