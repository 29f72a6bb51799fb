"""Tests of Queues: encrypted, with dead letters, and messages for the declared roles only."""

from __future__ import annotations

import json

import pytest

from components.integration import Queues, QueuesArgs
from iam_documents import Request, allow, document, may
from settings.grants import grants
from tests.components.alone import build
from tests.harness import ACCOUNT, Deployment
from tests.parts import parts_settings

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
DAY_S = 86_400
BASE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}"
EVERYTHING = document(allow("*", "*"))


@pytest.fixture(scope="module")
def deployed() -> Deployment:
    settings = parts_settings()

    def program() -> Queues:
        args = QueuesArgs(
            names=settings.names,
            queues=settings.queues,
            access=grants(settings).queues,
            administrators=settings.administrators,
            key_arn=KEY,
        )
        return Queues("queues", args)

    return build(program)


def allowed(deployed: Deployment, queue: str, role: str, action: str, tls: str = "true") -> bool:
    """Whether the queue policy leaves the call to the role, whose own policy allows everything."""
    policy = deployed.named(queue, "QueuePolicy").document("policy")
    name = "aiponge-dead-letters-jobs" if queue.endswith("letters") else "aiponge-queue-jobs"
    principal = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    request = Request(f"sqs:{action}", f"{BASE}:{name}", principal, {"aws:SecureTransport": tls})
    return may(request, [EVERYTHING], resource=policy)


@pytest.mark.parametrize(
    ("role", "receives", "sends"),
    [
        ("aiponge-task-storage", True, False),
        ("aiponge-task-user", False, True),
        ("aiponge-task-reencrypt", False, True),
        ("aiponge-task-music", False, False),
        ("aiponge-pulumi-up", True, True),
    ],
)
def test_only_readers_receive_and_only_writers_send(
    deployed: Deployment, role: str, receives: bool, sends: bool
) -> None:
    assert allowed(deployed, "queues-jobs", role, "ReceiveMessage") is receives
    assert allowed(deployed, "queues-jobs", role, "DeleteMessage") is receives
    assert allowed(deployed, "queues-jobs", role, "SendMessage") is sends


@pytest.mark.parametrize("action", ["ReceiveMessage", "SendMessage"])
def test_only_administrators_use_dead_letters(deployed: Deployment, action: str) -> None:
    dead = "queues-jobs-dead-letters"
    assert allowed(deployed, dead, "aiponge-pulumi-up", action)
    assert not allowed(deployed, dead, "aiponge-task-storage", action)
    assert not allowed(deployed, dead, "aiponge-task-user", action)


@pytest.mark.parametrize("queue", ["queues-jobs", "queues-jobs-dead-letters"])
def test_a_request_without_tls_is_denied(deployed: Deployment, queue: str) -> None:
    assert not allowed(deployed, queue, "aiponge-pulumi-up", "SendMessage", tls="false")


@pytest.mark.parametrize("queue", ["queues-jobs", "queues-jobs-dead-letters"])
def test_messages_are_encrypted_with_the_key_of_queues(deployed: Deployment, queue: str) -> None:
    assert deployed.named(queue, "Queue")["kmsMasterKeyId"] == KEY


def test_a_message_that_is_received_too_often_becomes_a_dead_letter(deployed: Deployment) -> None:
    queue = deployed.named("queues-jobs", "Queue")
    dead = deployed.named("queues-jobs-dead-letters", "Queue")
    assert json.loads(queue["redrivePolicy"]) == {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 3}
    assert json.loads(dead["redriveAllowPolicy"]) == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [f"{BASE}:aiponge-queue-jobs"],
    }


def test_dead_letters_outlive_messages(deployed: Deployment) -> None:
    assert deployed.named("queues-jobs", "Queue")["messageRetentionSeconds"] == 4 * DAY_S
    assert deployed.named("queues-jobs-dead-letters", "Queue")["messageRetentionSeconds"] == 14 * DAY_S
