"""Tests of the checks of buckets and queues: users, variables, names, and how SQS is reached."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings.stack_files import problems

UPLOADS: dict[str, Any] = {"readers": ["user"], "writers": ["storage"]}
SQS = ("network.endpoints", ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs"])


@pytest.mark.parametrize("part", ["buckets", "queues"])
def test_declared_services_and_tools_are_accepted_as_users(part: str) -> None:
    assert (
        problems((f"{part}.uploads", {"readers": ["storage"], "writers": ["user", "reencrypt"]}), SQS) == []
    )


SQS = ("network.endpoints", ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs"])


@pytest.mark.parametrize("part", ["buckets", "queues"])
def test_an_undeclared_user_is_refused(part: str) -> None:
    assert problems((f"{part}.uploads", {**UPLOADS, "readers": ["usr"]}), SQS) == [
        f'{part}.uploads.readers: "usr" is not a declared service or tool; did you mean "user"?'
    ]


def test_a_service_is_no_user_of_a_bucket_on_a_host() -> None:
    assert problems(("buckets.uploads", {"writers": ["web"]}), stack="cinematch-production") == [
        'buckets.uploads.writers: "web" is not host; remove it'
    ]


def test_the_host_is_a_user_on_a_host() -> None:
    assert problems(("buckets.uploads", {"writers": ["host"]}), stack="cinematch-production") == []


def test_a_bucket_that_nobody_uses_is_refused() -> None:
    assert problems(("buckets.uploads", {"env": "UPLOADS"})) == [
        "buckets.uploads: nobody uses it; list readers and writers, or remove it"
    ]


def test_a_variable_that_a_secret_has_is_refused() -> None:
    assert problems(("buckets.uploads", {"env": "JWT_SECRET", "readers": ["user"]})) == [
        "buckets.uploads.env=JWT_SECRET: user has this variable from secrets.jwt-secret; rename one"
    ]


def test_a_variable_of_the_environment_is_refused() -> None:
    assert problems(("buckets.uploads", {"env": "SERVICE_NAME", "readers": ["user"]})) == [
        "buckets.uploads.env=SERVICE_NAME: user has this variable from environment; rename one"
    ]


def test_two_parts_with_one_variable_are_refused_for_a_common_user_only() -> None:
    first = ("buckets.uploads", {"env": "STORE", "readers": ["user"]})
    assert problems(first, ("buckets.exports", {"env": "STORE", "readers": ["user"]})) == [
        "buckets.exports.env=STORE: user has this variable from buckets.uploads; rename one"
    ]
    assert problems(first, ("buckets.exports", {"env": "STORE", "readers": ["storage"]})) == []


def test_a_bucket_name_that_is_too_long_is_refused() -> None:
    name = "uploads-of-users-and-others1"
    assert problems((f"buckets.{name}", UPLOADS)) == [
        f"buckets.{name}: the bucket aiponge-data-{name}-111122223333-eu-west-1 would have 64 characters, "
        "AWS allows 63; use 1 less"
    ]


def test_a_name_that_ends_in_a_hyphen_is_refused() -> None:
    assert problems(("queues.jobs-", {"readers": ["storage"]})) == [
        "queues.jobs-: the dead-letter queue aiponge-dead-letters-jobs- has a double or last hyphen; "
        "choose another name"
    ]


def test_a_queue_of_a_service_without_a_way_to_sqs_is_refused() -> None:
    assert problems(("queues.jobs", {"readers": ["storage"], "writers": ["system"]})) == [
        "network.endpoints lacks sqs: system uses queues.jobs and has no way to the Internet; add it"
    ]


def test_a_tool_needs_the_endpoint_of_sqs() -> None:
    assert problems(("queues.jobs", {"readers": ["reencrypt"]})) == [
        "network.endpoints lacks sqs: reencrypt uses queues.jobs and has no way to the Internet; add it"
    ]


def test_a_queue_retains_messages_for_14_days_at_most() -> None:
    (said,) = problems(("queues.jobs", {"readers": ["storage"], "retentionDays": 15}))
    assert said.startswith("queues.jobs.retentionDays=15: ")
