"""Tests of conditions: which bound the caller, and which any caller can satisfy."""

from __future__ import annotations

from typing import Any

import pytest
from rules.lib.iam import conditions
from rules.lib.iam.documents import statements

from tests.policies.cases.iam import allow

OURS, ORG = "111122223333", "o-a1b2c3d4e5"


def read(condition: dict[str, Any]) -> Any:
    (one,) = statements(allow("a:B", Condition=condition))
    return one.conditions


def keeps_strangers_out(**condition: Any) -> bool:
    return conditions.keep_out(read(condition), conditions.STRANGER)


@pytest.mark.parametrize(
    "operator", ["StringEqualsIfExists", "ForAllValues:StringEquals", "StringNotEquals", "Null", "ArnNotLike"]
)
def test_an_operator_that_passes_when_the_key_is_absent_pins_nothing(operator: str) -> None:
    found = read({operator: {"aws:SourceAccount": "1"}})
    assert not conditions.pin(found, "aws:SourceAccount")
    assert not conditions.keep_out(found, conditions.STRANGER)


def test_a_lone_wildcard_pins_nothing() -> None:
    assert not conditions.pin(read({"StringLike": {"aws:SourceAccount": "*"}}), "aws:SourceAccount")


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalAccount", OURS),
        ("StringEquals", "AWS:SourceOwner", [OURS, "444455556666"]),
        ("StringLike", "aws:PrincipalOrgPaths", f"{ORG}/r-ab12/ou-*"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORG}/*"),
        ("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{OURS}:*"),
        ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::inbox"),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OURS}:role/*"),
        ("StringEquals", "aws:SourceVpce", "vpce-0a1b"),
        ("StringLike", "aws:userid", "AROAEXAMPLE:*"),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "10.0.0.0/8"]),
        ("StringEquals", "kms:CallerAccount", OURS),
        ("Bool", "aws:PrincipalIsAWSService", True),
    ],
)
def test_a_value_that_a_stranger_cannot_have_keeps_it_out(operator: str, key: str, value: Any) -> None:
    assert keeps_strangers_out(**{operator: {key: value}})


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringLike", "aws:PrincipalArn", "*"),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/courier"),
        ("StringLike", "aws:PrincipalOrgID", "o-*"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-*/r-ab12/*"),
        ("StringLike", "aws:PrincipalAccount", "11112222333?"),
        ("StringEquals", "aws:PrincipalAccount", [OURS, "*"]),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:eu-west-1:*:alarms"),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"]),
        ("IpAddress", "aws:SourceIp", [f"{first}.0.0.0/8" for first in range(11, 100)]),
        ("IpAddress", "aws:SourceIp", "::/0"),
        ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ("Bool", "aws:SecureTransport", "true"),
        ("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"),
        ("StringEquals", "aws:PrincipalTag/team", "ours"),
        ("StringEquals", "aws:RequestedRegion", "eu-west-1"),
        ("StringLike", "aws:Referer", "https://example.com/*"),
        ("Null", "aws:PrincipalOrgID", "false"),
        ("Bool", "aws:PrincipalIsAWSService", "false"),
    ],
)
def test_a_value_that_a_stranger_can_have_keeps_nobody_out(operator: str, key: str, value: Any) -> None:
    assert not keeps_strangers_out(**{operator: {key: value}})


@pytest.mark.parametrize("operator", ["StringEqualsIfExists", "ForAllValues:StringEquals"])
def test_a_key_that_must_be_present_is_bounded_whatever_the_operator_says_of_absence(operator: str) -> None:
    assert keeps_strangers_out(
        **{operator: {"aws:PrincipalOrgID": ORG}, "Null": {"aws:PrincipalOrgID": "false"}}
    )


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ({"StringEquals": {"sts:ExternalId": "a-long-one"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": "ours"}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OURS}:role/deploy"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OURS}:*"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": OURS}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
    ],
)
def test_a_condition_on_a_trusted_account_keeps_some_of_its_principals_out_or_none(
    condition: dict[str, Any], kept: bool
) -> None:
    assert conditions.keep_out(read(condition), conditions.MEMBER) is kept


@pytest.mark.parametrize(
    ("condition", "bounds"),
    [
        ({"StringEquals": {"aws:ResourceTag/App": "aiponge"}}, True),
        ({"StringEquals": {"cloudwatch:namespace": "ours"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, False),
        ({"StringLike": {"aws:ResourceTag/App": "*"}}, False),
        ({"StringEqualsIfExists": {"aws:ResourceTag/App": "aiponge"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
        ({"StringNotEquals": {"aws:PrincipalAccount": OURS}}, False),
    ],
)
def test_a_condition_on_a_permission_bounds_its_holder_or_not(
    condition: dict[str, Any], bounds: bool
) -> None:
    assert conditions.bound_the_holder(read(condition)) is bounds
