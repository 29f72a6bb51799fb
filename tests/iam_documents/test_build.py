"""Tests of the builders: statements as plain dicts with a fixed order of elements."""

from __future__ import annotations

from pathlib import Path

import pytest

from iam_documents import KEY_ADMINISTRATION, Request, administration, allow, deny, document, may_use_key
from iam_documents.build import service_trust, tls_only
from tests.program import ROOT

ACCOUNT = "arn:aws:iam::111122223333:root"
ADMINISTRATOR = "arn:aws:iam::111122223333:role/operators"


def test_a_statement_says_only_what_it_was_given_in_the_order_of_iam() -> None:
    assert list(allow("a:B", "*")) == ["Effect", "Action", "Resource"]
    whole = allow(("a:B",), ("*",), {"Bool": {"k": "true"}}, sid="One", principal="*")
    assert list(whole.items()) == [
        ("Sid", "One"),
        ("Effect", "Allow"),
        ("Principal", "*"),
        ("Action", ["a:B"]),
        ("Resource", ["*"]),
        ("Condition", {"Bool": {"k": "true"}}),
    ]


def test_a_value_that_is_no_text_is_kept_as_it_is() -> None:
    output = object()
    assert allow("a:B", output)["Resource"] is output
    assert allow("a:B", [output])["Resource"][0] is output


def test_a_denial_may_name_the_exceptions() -> None:
    assert deny(not_actions=("a:Get*",), resources="*") == {
        "Effect": "Deny",
        "NotAction": ["a:Get*"],
        "Resource": "*",
    }


def test_a_denial_names_its_actions() -> None:
    assert deny(("a:Get",), "r", {"Bool": {"k": "true"}}, sid="One", principal="*") == {
        "Sid": "One",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["a:Get"],
        "Resource": "r",
        "Condition": {"Bool": {"k": "true"}},
    }


def test_a_service_assumes_a_role_under_its_condition() -> None:
    assert service_trust("x.amazonaws.com", {"Bool": {"k": "true"}}) == {
        "Effect": "Allow",
        "Principal": {"Service": "x.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"k": "true"}},
    }


def test_a_resource_takes_nothing_without_tls() -> None:
    assert tls_only("s3:*", ("one", "two")) == {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["one", "two"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_a_document_has_the_version_that_knows_policy_variables() -> None:
    assert document(allow("a:B", "*"))["Version"] == "2012-10-17"


def test_the_statement_of_administration_has_its_sid_and_names_the_root_user() -> None:
    statement = administration(ACCOUNT, [ADMINISTRATOR])
    assert (statement["Sid"], statement["Resource"]) == ("Administer", "*")
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": [ADMINISTRATOR, ACCOUNT]}}


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("kms:PutKeyPolicy", True),
        ("kms:ScheduleKeyDeletion", True),
        ("kms:RevokeGrant", True),
        ("kms:Decrypt", False),
        ("kms:Encrypt", False),
        ("kms:GenerateDataKey", False),
        ("kms:ReEncryptFrom", False),
    ],
)
def test_administration_of_a_key_does_not_use_it(action: str, allowed: bool) -> None:
    policy = document(administration(ACCOUNT, [ADMINISTRATOR]))
    everything = [document(allow("*", "*"))]
    assert may_use_key(Request(action, "key", ADMINISTRATOR), everything, policy) is allowed
    assert not may_use_key(Request(action, "key", f"{ADMINISTRATOR}-too"), everything, policy)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('"2012-10-17"', "iam_documents/build.py"),
        ("token.actions.githubusercontent.com", "iam_documents/github.py"),
        (f'"{KEY_ADMINISTRATION[0]}"', "iam_documents/key_policy.py"),
        ("def arn_like", "iam_documents/matching.py"),
    ],
)
def test_a_fact_of_iam_stands_in_one_module(text: str, place: str) -> None:
    folders = ("components", "functions", "iam_documents", "ops", "platforms", "sandbox", "settings")
    modules = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert [_relative(path) for path in modules if text in path.read_text()] == [place]


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
