"""Tests of access logging, which the target bucket's policy must allow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.moto.services.data.s3 import may_log
from tests.sandbox.toy import project, sandbox

LOGGER: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "logging.s3.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": ["arn:aws:s3:::logs/a/*", "arn:aws:s3:::logs/b/*"],
}
TLS = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Statement": list(statements)})


@pytest.mark.parametrize(
    ("statement", "prefix", "allowed"),
    [
        (LOGGER, "a/", True),
        (LOGGER, "b/", True),
        (LOGGER, "c/", False),
        ({**LOGGER, "Resource": "arn:aws:s3:::logs/*"}, "c/", True),
        ({**LOGGER, "Resource": "arn:aws:s3:::other/*"}, "a/", False),
        ({**LOGGER, "Effect": "Deny"}, "a/", False),
        ({**LOGGER, "Action": ["s3:GetObject", "s3:PutObject"]}, "a/", True),
        ({**LOGGER, "Action": "s3:GetObject"}, "a/", False),
        ({**LOGGER, "Principal": {"Service": ["logging.s3.amazonaws.com"]}}, "a/", True),
        ({**LOGGER, "Principal": {"Service": "cloudtrail.amazonaws.com"}}, "a/", False),
        ({**LOGGER, "Principal": "*"}, "a/", False),
    ],
)
def test_s3_may_log_where_a_policy_lets_it(statement: dict[str, Any], prefix: str, allowed: bool) -> None:
    assert may_log(policy(TLS, statement), "logs", prefix) is allowed


def test_logging_into_a_bucket_that_does_not_let_s3_write_fails(tmp_path: Path) -> None:
    program = (
        "a, b = aws.s3.Bucket('a'), aws.s3.Bucket('b')\n"
        "aws.s3.BucketLogging('l', bucket=a.bucket, target_bucket=b.bucket, target_prefix='a/')"
    )
    with sandbox(project(tmp_path, program)) as here:
        result = here.up()
    assert result.exit_code == 1
    assert "InvalidTargetBucketForLogging" in str(result.error)


@pytest.mark.parametrize("condition", [{}, {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}])
def test_a_statement_about_requests_without_tls_refuses_no_other_request(
    tmp_path: Path, condition: dict[str, Any]
) -> None:
    with sandbox(project(tmp_path, "")) as opened:
        s3 = opened.client("s3")
        name = f"state-{opened.account}"
        place = {"LocationConstraint": opened.region}
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
        s3.put_object(Bucket=name, Key="a", Body=b"text")
        s3.put_bucket_policy(Bucket=name, Policy=policy({**TLS, **condition}))
        if condition:
            assert s3.get_object(Bucket=name, Key="a")["Body"].read() == b"text"
        else:
            with pytest.raises(s3.exceptions.ClientError, match="403"):
                s3.get_object(Bucket=name, Key="a")
