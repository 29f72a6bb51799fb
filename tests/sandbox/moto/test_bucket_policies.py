"""Requests under a bucket policy."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

BUCKET, OBJECTS = "policies-of-a-bucket", "arn:aws:s3:::policies-of-a-bucket/*"


def with_policy(session: boto3.Session, condition: dict[str, Any]) -> Any:
    s3 = session.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": session.region_name})
    s3.put_object(Bucket=BUCKET, Key="one", Body=b"")
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": OBJECTS} | condition
    s3.put_bucket_policy(
        Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    return s3


def test_a_denial_of_plain_http_denies_no_deletion(session: boto3.Session) -> None:
    s3 = with_policy(session, {"Condition": {"Bool": {"aws:SecureTransport": "false"}}})
    deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "one"}]})
    assert "Errors" not in deleted
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    assert "SecureTransport" in s3.get_bucket_policy(Bucket=BUCKET)["Policy"]


def test_a_denial_without_a_condition_denies(session: boto3.Session) -> None:
    s3 = with_policy(session, {})
    with pytest.raises(ClientError, match="403"):
        s3.head_object(Bucket=BUCKET, Key="one")
    (error,) = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "one"}]})["Errors"]
    assert error["Code"] == "AccessDenied"
