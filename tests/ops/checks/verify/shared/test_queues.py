"""Tests of the checks of queues: each weakened setting is found by its own check."""

from __future__ import annotations

import json

import pytest

from tests.ops.live import Live, Make, Undo

QUEUE, DEAD = "aiponge-queue-jobs", "aiponge-dead-letters-jobs"
Found = list[tuple[str, str, str]]


def _attributes(queue: str, **changes: str) -> Make:
    def make(live: Live) -> Undo:
        sqs = live.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        kept = {key: before[key] for key in changes}
        sqs.set_queue_attributes(QueueUrl=url, Attributes=changes)
        return lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes=kept)

    return make


def _without(sid: str) -> Make:
    """Remove a statement of the queue policy."""

    def make(live: Live) -> Undo:
        sqs = live.client("sqs")
        url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
        document = json.loads(before)
        document["Statement"] = [one for one in document["Statement"] if one["Sid"] != sid]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(document)})
        return lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": before})

    return make


def test_a_missing_dead_letter_queue_is_found(live: Live) -> None:
    def make(live: Live) -> Undo:
        queues = live.backend("sqs").queues
        kept = queues.pop(DEAD)
        return lambda: queues.update({DEAD: kept})

    (found,) = live.findings_of(make, "queues-")
    assert (found.check, found.subject, found.problem) == (
        "queues-present",
        f"queue {DEAD}",
        "does not exist",
    )


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            _attributes(QUEUE, KmsMasterKeyId="alias/aws/sqs"),
            ("queues-encrypted", QUEUE, "is not encrypted with alias/aiponge-queues"),
        ),
        (
            _attributes(QUEUE, MessageRetentionPeriod="60"),
            ("queues-dead-letters", QUEUE, "does not retain messages for 4 days"),
        ),
        (
            _attributes(DEAD, MessageRetentionPeriod="60"),
            ("queues-dead-letters", DEAD, "does not retain messages for 14 days"),
        ),
        (
            _attributes(
                QUEUE,
                RedrivePolicy=json.dumps(
                    {
                        "deadLetterTargetArn": f"arn:aws:sqs:eu-west-1:222233334444:{DEAD}",
                        "maxReceiveCount": 900,
                    }
                ),
            ),
            ("queues-dead-letters", QUEUE, f"its messages do not go to {DEAD} after 3 receives"),
        ),
        (_without("TlsOnly"), ("queues-users", QUEUE, "its policy accepts requests without TLS")),
        (
            _without("OnlyWritersSend"),
            ("queues-users", QUEUE, "its policy does not deny sqs:SendMessage to undeclared roles"),
        ),
        (
            _without("OnlyReadersReceive"),
            ("queues-users", QUEUE, "its policy does not deny sqs:ReceiveMessage to undeclared roles"),
        ),
    ],
    ids=lambda one: one[2] if isinstance(one, tuple) else "",
)
def test_a_weakened_setting_is_found(live: Live, make: Make, expected: tuple[str, str, str]) -> None:
    check, queue, problem = expected
    found = live.findings_of(make, "queues-")
    assert [(one.check, one.subject, one.problem) for one in found] == [(check, f"queue {queue}", problem)]


def test_a_role_that_can_receive_without_being_declared_is_found(live: Live) -> None:
    def make(live: Live) -> Undo:
        undo = _without("OnlyReadersReceive")(live)
        iam = live.client("iam")
        asked = {"RoleName": "aiponge-task-music", "PolicyName": "by-hand"}
        statement = {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam.put_role_policy(**asked, PolicyDocument=json.dumps(document))
        return lambda: (undo(), iam.delete_role_policy(**asked))

    found = live.findings_of(make, "queues-users")
    said = "role aiponge-task-music can receive its messages and is not declared under queues.jobs.readers"
    assert said in [one.problem for one in found]
