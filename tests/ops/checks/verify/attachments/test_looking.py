"""Tests of reading attachments: what failed is a finding of its own, and grants of AWS are told apart."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.checks.verify import run
from ops.checks.verify.attachments.looking import look
from ops.checks.verify.attachments.outsiders import grant_of_others
from ops.checks.verify.attachments.row import Read, Resource, always
from ops.checks.verify.registry import REGISTRY
from tests.ops.live import Live, declared

ACCOUNT = "222233334444"


class Noting:
    """Notes what was read."""

    settings = declared()

    def __init__(self) -> None:
        self.noted: list[Any] = []

    def looked_at(self, one: Any) -> None:
        self.noted.append(one)


def _row(call: Any) -> Read:
    return Read("grant", lambda aws: [Resource("key")], call, always("has {it}"), "revoke it")


def _failing(code: str) -> Read:
    def call(aws: Any, resource: Resource) -> Any:
        raise ClientError({"Error": {"Code": code}}, "ListGrants")

    return _row(call)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("AccessDeniedException", "allow ListGrants to the role that verifies, then run again"),
        ("ThrottlingException", "run again in some minutes"),
    ],
)
def test_a_call_that_fails_is_a_finding_of_its_own_and_stops_no_other(code: str, remedy: str) -> None:
    aws: Any = Noting()
    rows = {"aws:kms/key:Key": (_failing(code), _row(lambda aws, resource: ["x"]))}
    failed, found = look(aws, rows)
    assert (failed.unanswered, failed.subject, failed.remedy) == (True, "grant of aws:kms/key:Key", remedy)
    assert code in failed.problem
    assert (found.subject, found.problem, found.unanswered) == ("key", "has x", False)
    assert [one.answered for one in aws.noted] == [False, True]


BY_EC2 = f"arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0"
VOLUME = {"EncryptionContextSubset": {"aws:ebs:id": "vol-0123456789abcdef0"}}


@pytest.mark.parametrize(
    ("who", "constraints", "fine"),
    [
        ("rds.eu-west-1.amazonaws.com", {"EncryptionContextSubset": {"aws:rds:db-id": "db-X"}}, True),
        ("rds.eu-west-1.amazonaws.com", {}, False),
        (BY_EC2, VOLUME, True),
        (BY_EC2.replace(ACCOUNT, "999988887777"), VOLUME, False),
        (f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/X", {}, True),
        (f"arn:aws:iam::{ACCOUNT}:role/somebody", VOLUME, False),
        ("arn:aws:iam::999988887777:root", {}, False),
    ],
)
def test_a_grant_of_a_service_is_told_apart_by_principal_and_constraints(
    who: str, constraints: dict[str, Any], fine: bool
) -> None:
    aws: Any = Noting()
    grant = {"GrantId": "g", "GranteePrincipal": who, "Constraints": constraints, "Operations": ["Decrypt"]}
    assert (grant_of_others(aws, grant) is None) == fine


def test_a_report_says_what_was_looked_at(live: Live) -> None:
    report = run(live.aws, (REGISTRY["attached-kms"],)).to_dict()
    (one,) = report["lookedAt"]
    assert (one["check"], "kms:ListGrants" in one["calls"]) == ("attached-kms", True)
    grants = next(each for each in one["attachments"] if each["attachment"] == "grant")
    assert grants == {"type": "aws:kms/key:Key", "attachment": "grant", "resources": 8, "answered": True}
