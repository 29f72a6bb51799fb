"""Tests that an emulated queue keeps its policy when another attribute is changed."""

from __future__ import annotations

import json

import boto3
import pytest

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "a", "Effect": "Deny", "Action": "*"}]})


@pytest.fixture
def queue(session: boto3.Session) -> str:
    """The URL of a queue with a policy."""
    return session.client("sqs").create_queue(QueueName="jobs", Attributes={"Policy": POLICY})["QueueUrl"]


def policy_of(session: boto3.Session, queue: str) -> str | None:
    found = session.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    return found["Attributes"].get("Policy")


def test_a_change_of_another_attribute_keeps_the_policy(session: boto3.Session, queue: str) -> None:
    session.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "70"})
    assert json.loads(policy_of(session, queue) or "{}") == json.loads(POLICY)


def test_an_empty_policy_removes_it(session: boto3.Session, queue: str) -> None:
    session.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
    assert policy_of(session, queue) is None
