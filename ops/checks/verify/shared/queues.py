"""Checks the application's queues: encrypted, with dead letters, and used by declared roles only."""

from __future__ import annotations

import json
from collections.abc import Iterator

from iam_documents import parse
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.checks.verify.shared.users import Use, any_administrator, open_to_plain_http, wrong_users
from ops.core.aws_state import AwsState, Item
from settings.parts import queue_access

_DAY_S = 86_400
_DEAD_LETTER_DAYS = 14


def attributes(aws: AwsState) -> dict[str, Item]:
    """The attributes of the declared queues and dead-letter queues that exist, by full name."""
    if not aws.settings.queues:
        return {}
    urls = aws.list("sqs", "list_queues", "QueueUrls", QueueNamePrefix=aws.names.part(""))
    wanted = {
        name
        for key in aws.settings.queues
        for name in (aws.names.queue(key), aws.names.dead_letter_queue(key))
    }
    return {
        name: aws.ask("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
        for url in urls
        if (name := url.rpartition("/")[2]) in wanted
    }


@check("queues-present", "A53")
def present(aws: AwsState) -> Iterator[Problem]:
    """Every declared queue exists, and its dead-letter queue."""
    there = attributes(aws)
    for key in aws.settings.queues:
        for name in (aws.names.queue(key), aws.names.dead_letter_queue(key)):
            if name not in there:
                yield Problem(f"queue {name}", "does not exist", BY_PROGRAM)


@check("queues-encrypted", "A16")
def encrypted(aws: AwsState) -> Iterator[Problem]:
    """Messages are encrypted with the key of the stack's queues."""
    for name, found in attributes(aws).items():
        if not aws.is_key(found.get("KmsMasterKeyId"), "queues"):
            alias = aws.names.key_alias("queues")
            yield Problem(f"queue {name}", f"is not encrypted with {alias}", BY_PROGRAM)


@check("queues-dead-letters", "A53")
def dead_letters(aws: AwsState) -> Iterator[Problem]:
    """A message that is received too often goes to the dead-letter queue, and is retained as declared."""
    there = attributes(aws)
    for key, settings in aws.settings.queues.items():
        queue, dead = aws.names.queue(key), aws.names.dead_letter_queue(key)
        if queue in there:
            redrive = json.loads(there[queue].get("RedrivePolicy") or "{}")
            wanted = aws.names.queue_arn(dead), settings.max_receives
            given = redrive.get("deadLetterTargetArn"), int(redrive.get("maxReceiveCount", 0))
            if given != wanted:
                problem = f"its messages do not go to {dead} after {settings.max_receives} receives"
                yield Problem(f"queue {queue}", problem, BY_PROGRAM)
        for name, days in ((queue, settings.retention_days), (dead, _DEAD_LETTER_DAYS)):
            if name in there and int(there[name]["MessageRetentionPeriod"]) != days * _DAY_S:
                yield Problem(f"queue {name}", f"does not retain messages for {days} days", BY_PROGRAM)


@check("queues-users", "A53")
def users(aws: AwsState) -> Iterator[Problem]:
    """Exactly the declared roles, and administrators, can send and receive, over TLS only."""
    there, access = attributes(aws), queue_access(aws.settings)
    for key in aws.settings.queues:
        queue, dead = aws.names.queue(key), aws.names.dead_letter_queue(key)
        for name, senders, receivers in (
            (queue, access[key].writers, access[key].readers),
            (dead, (), ()),
        ):
            if name not in there:
                continue
            subject, policy = f"queue {name}", parse(there[name].get("Policy") or "{}")
            sends = Use(
                action="sqs:SendMessage",
                resource=aws.names.queue_arn(name),
                declared=senders,
                what="send messages",
                declared_as=f"queues.{key}.writers",
            )
            receives = Use(
                action="sqs:ReceiveMessage",
                resource=aws.names.queue_arn(name),
                declared=receivers,
                what="receive its messages",
                declared_as=f"queues.{key}.readers",
            )
            yield from wrong_users(aws, subject, policy, sends)
            yield from wrong_users(aws, subject, policy, receives)
            yield from open_to_plain_http(subject, policy, sends, any_administrator(aws))
