"""Tests of parsing: every spelling that AWS accepts gives the same statements."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iam_documents.read import Condition, Element, Principals, statements

PLAIN: dict[str, Any] = {"Effect": "Allow", "Action": "a:B", "Resource": "r", "Principal": {"AWS": "p"}}
LISTED: dict[str, Any] = {
    "Effect": "Allow",
    "Action": ["a:B"],
    "Resource": ["r"],
    "Principal": {"AWS": ["p"]},
}


@pytest.mark.parametrize("given", [PLAIN, [PLAIN], [LISTED]])
def test_single_values_and_lists_are_the_same(given: Any) -> None:
    document = {"Statement": given}
    (one,) = statements(document)
    assert [one] == statements(json.dumps(document))
    assert (one.actions, one.resources) == (Element(("a:B",)), Element(("r",)))
    assert one.principals == Principals({"AWS": ("p",)})


def test_a_document_without_statements_has_none() -> None:
    assert statements("{}") == []


def test_exceptions_are_told_from_what_is_named() -> None:
    (one,) = statements(
        {
            "Statement": {
                "Effect": "Deny",
                "NotAction": "a:*",
                "NotResource": "r",
                "NotPrincipal": {"AWS": "p"},
            }
        }
    )
    assert (one.actions, one.resources) == (Element(("a:*",), excepted=True), Element(("r",), excepted=True))
    assert one.principals == Principals({"AWS": ("p",)}, excepted=True)


def test_an_element_that_is_left_out_is_none() -> None:
    (one,) = statements({"Statement": {"Effect": "Allow"}})
    assert (one.sid, one.actions, one.resources, one.conditions) == ("", None, None, ())
    assert one.principals.all == []


@pytest.mark.parametrize(
    ("principal", "everybody", "named"),
    [
        ("*", True, ["*"]),
        ({"AWS": "*"}, False, ["*"]),
        ({"AWS": ["p", "q"], "Service": "s"}, False, ["p", "q", "s"]),
    ],
)
def test_principals_are_read_by_type(principal: Any, everybody: bool, named: list[str]) -> None:
    (one,) = statements({"Statement": {**PLAIN, "Principal": principal}})
    assert one.principals.everybody is everybody
    assert one.principals.all == named


def test_a_condition_is_an_operator_on_a_key_with_its_values_as_text() -> None:
    given = {"Bool": {"aws:SecureTransport": False}, "StringEquals": {"a": ["x", "y"], "b": "z"}}
    (one,) = statements({"Statement": {**PLAIN, "Condition": given}})
    assert one.conditions == (
        Condition("Bool", "aws:SecureTransport", ("false",)),
        Condition("StringEquals", "a", ("x", "y")),
        Condition("StringEquals", "b", ("z",)),
    )
