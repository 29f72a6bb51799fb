"""Tests that a call of a command which the table lacks fails the test that makes it."""

from __future__ import annotations

import boto3
import pytest
from botocore.stub import Stubber

from tests.roles import recording


def call_from(path: str) -> recording.Rows:
    """The unlisted calls of a module of this path that lists buckets."""
    client = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    rows: recording.Rows = set()
    with Stubber(client) as stub, recording.unlisted(rows):
        stub.add_response("list_buckets", {"Buckets": []})
        exec(compile("client.list_buckets()", recording.ROOT + path, "exec"), {"client": client})
    return rows


def test_a_call_that_the_table_lacks_is_found_with_the_module_that_makes_it() -> None:
    assert call_from("ops/rotation/x.py") == {("rotation", "s3:ListAllMyBuckets", "*")}


def test_a_call_that_the_table_lists_is_not() -> None:
    assert call_from("ops/checks/preflight/x.py") == set()


def test_a_call_of_a_test_is_not() -> None:
    assert call_from("tests/ops/x.py") == set()


def test_a_test_during_which_a_call_is_found_fails() -> None:
    rows: recording.Rows = set()
    with (
        pytest.raises(pytest.fail.Exception, match="rotation\ts3:ListAllMyBuckets"),
        recording.all_listed(rows),
    ):
        rows |= call_from("ops/rotation/x.py")
