"""Tests of what task and host roles may do with buckets and queues, and of the variables that name them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iam_documents import Request, decide
from tests.harness import ACCOUNT
from tests.parts import parts_deployment
from tests.program import run_program

UPLOADS = f"arn:aws:s3:::aiponge-data-uploads-{ACCOUNT}-eu-west-1"
EXPORTS = f"arn:aws:s3:::aiponge-data-exports-{ACCOUNT}-eu-west-1"
JOBS = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:aiponge-queue-jobs"


def allowed(service: str, action: str, resource: str, **context: str) -> bool:
    policy = parts_deployment().named(f"containers-{service}-run").document("policy")
    return decide([policy], Request(action, resource, "arn:aws:iam::1:role/x", context)) == "allowed"


@pytest.mark.parametrize(
    ("service", "action", "resource", "expected"),
    [
        ("user", "s3:GetObject", f"{UPLOADS}/a", True),
        ("user", "s3:PutObject", f"{UPLOADS}/a", False),
        ("user", "s3:PutObject", f"{EXPORTS}/a", True),
        ("user", "s3:GetObject", f"{EXPORTS}/a", False),
        ("user", "sqs:SendMessage", JOBS, True),
        ("user", "sqs:ReceiveMessage", JOBS, False),
        ("storage", "sqs:ReceiveMessage", JOBS, True),
        ("storage", "sqs:ReceiveMessage", f"{JOBS}-2", False),
        ("storage", "s3:ListBucket", UPLOADS, True),
        ("reencrypt", "sqs:SendMessage", JOBS, True),
    ],
)
def test_a_task_role_uses_what_lists_it(service: str, action: str, resource: str, expected: bool) -> None:
    assert allowed(service, action, resource) is expected


@pytest.mark.parametrize(
    ("bucket", "via", "expected"), [(UPLOADS, "s3", True), (EXPORTS, "s3", False), (UPLOADS, "sqs", False)]
)
def test_the_key_is_used_for_a_declared_bucket_through_s3_only(bucket: str, via: str, expected: bool) -> None:
    keys = {one.name: one.arn for one in parts_deployment().all("aws:kms/key:Key")}
    context = {"kms:ViaService": f"{via}.eu-west-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": bucket}
    assert allowed("storage", "kms:Decrypt", keys["keys-buckets"], **context) is expected


def variables(task: str) -> dict[str, str]:
    definitions = parts_deployment().all("aws:ecs/taskDefinition:TaskDefinition")
    (definition,) = [one for one in definitions if one["family"] == f"aiponge-{task}"]
    (container,) = json.loads(definition["containerDefinitions"])
    return {pair["name"]: pair["value"] for pair in container["environment"]}


def test_services_tools_and_one_off_tasks_get_the_variables() -> None:
    url = f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/aiponge-queue-jobs"
    assert variables("storage")["UPLOADS_BUCKET"] == UPLOADS.rpartition(":")[2]
    assert variables("report")["JOBS_QUEUE_URL"] == url
    assert variables("reencrypt") == {"JOBS_QUEUE_URL": url}
    assert "JOBS_QUEUE_URL" not in variables("music")


def test_the_host_uses_buckets_with_its_own_role() -> None:
    declared: dict[str, Any] = {"uploads": {"writers": ["host"], "env": "UPLOADS_BUCKET"}}
    deployment = run_program("cinematch-staging", {"strongroom:buckets": declared})
    policy = deployment.named("host-shared").document("policy")
    (bucket,) = [
        one["bucket"] for one in deployment.all("aws:s3/bucket:Bucket") if "data-uploads" in one["bucket"]
    ]
    request = Request("s3:PutObject", f"arn:aws:s3:::{bucket}/a", "arn:aws:iam::1:role/x", {})
    assert decide([policy], request) == "allowed"
    exclusive = deployment.named("host-policies")["policyNames"]
    assert "cinematch-ec2-shared" in exclusive
