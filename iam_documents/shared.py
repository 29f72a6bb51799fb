"""Builds permissions on buckets and queues: each on exact ARNs, and on the key through its service only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from iam_documents.build import Statement, allow

READ_OBJECTS = ("s3:GetObject", "s3:GetObjectVersion")
WRITE_OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject")
RECEIVE = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")
SEND = ("sqs:SendMessage",)
_READ_WITH_KEY = ("kms:Decrypt",)
# Parts of an upload, and messages under a data key that is in use, are decrypted for whoever writes, too.
_WRITE_WITH_KEY = ("kms:Decrypt", "kms:GenerateDataKey")


def use_buckets(
    read: Sequence[str], written: Sequence[str], key_arn: Any, region: str
) -> tuple[Statement, ...]:
    """Allow reading the objects of some buckets and writing those of others, all by ARN."""
    statements: list[Statement] = []
    if read:
        statements += [
            allow(READ_OBJECTS, [f"{arn}/*" for arn in read]),
            allow("s3:ListBucket", list(read)),
        ]
    if written:
        statements.append(allow(WRITE_OBJECTS, [f"{arn}/*" for arn in written]))
    return (*statements, *_key("s3", "aws:s3:arn", read, written, key_arn, region))


def use_queues(
    received: Sequence[str], sent: Sequence[str], key_arn: Any, region: str
) -> tuple[Statement, ...]:
    """Allow receiving messages from some queues and sending messages to others, all by ARN."""
    statements: list[Statement] = []
    if received:
        statements.append(allow(RECEIVE, list(received)))
    if sent:
        statements.append(allow(SEND, list(sent)))
    if used := list(dict.fromkeys((*received, *sent))):
        statements.append(allow("sqs:GetQueueAttributes", used))
    return (*statements, *_key("sqs", "aws:sqs:arn", received, sent, key_arn, region))


def _key(
    service: str, context: str, read: Sequence[str], written: Sequence[str], key_arn: Any, region: str
) -> Iterator[Statement]:
    """Allow use of the key through one service, for these buckets or queues.

    S3 has a bucket's ARN as encryption context where the bucket has an S3 Bucket Key, SQS a queue's ARN.
    """
    only_read = [arn for arn in read if arn not in written]
    for actions, arns in ((_READ_WITH_KEY, only_read), (_WRITE_WITH_KEY, list(written))):
        if arns:
            via = {"kms:ViaService": f"{service}.{region}.amazonaws.com"}
            equals = {**via, f"kms:EncryptionContext:{context}": arns}
            yield allow(actions, key_arn, {"StringEquals": equals})
