"""Tests of the policy pack's parser of IAM documents."""

from __future__ import annotations

import pytest
from rules.lib.iam.documents import statements

from tests.policies.cases.iam import allow, document


def test_one_statement_may_stand_without_a_list() -> None:
    (one,) = statements(
        {"Statement": {"Effect": "Allow", "Action": "a:B", "Resource": "*", "Principal": "*"}}
    )
    assert (one.actions, one.resources, one.principals) == (("a:b",), ("*",), (("*", "*"),))


@pytest.mark.parametrize("document_", ["", "not json", "[]", None, {"Statement": None}, "{}", "[" * 10**5])
def test_what_is_no_document_has_no_statements(document_: object) -> None:
    assert list(statements(document_)) == []


@pytest.mark.parametrize(
    ("pattern", "covered"), [("s3:*", True), ("s3:Get*", True), ("S3:GETOBJECT", True), ("s3:Put*", False)]
)
def test_an_action_is_covered_whatever_its_case_and_wildcards(pattern: str, covered: bool) -> None:
    (one,) = statements(allow(pattern))
    assert one.covers("s3:GetObject") is covered


def test_not_action_covers_the_rest() -> None:
    (one,) = statements(document({"NotAction": "iam:*", "Resource": "*"}))
    assert one.covers("s3:GetObject")
    assert not one.covers("iam:CreateUser")
