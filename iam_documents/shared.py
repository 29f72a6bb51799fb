"""Builds permissions on buckets and queues: each on exact ARNs, and on the key through its service only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iam_documents.build import Statement, allow

READ_OBJECTS = ("s3:GetObject", "s3:GetObjectVersion")
WRITE_OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject")
RECEIVE = (
    *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "sqs:ReceiveMessage",
)
SEND = ("sqs:GetQueueAttributes", "sqs:SendMessage")
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
            _key(_READ_WITH_KEY, key_arn, "s3", "aws:s3:arn", read, region),
        ]
    if written:
        statements += [
            allow(WRITE_OBJECTS, [f"{arn}/*" for arn in written]),
            _key(_WRITE_WITH_KEY, key_arn, "s3", "aws:s3:arn", written, region),
        ]
    return tuple(statements)


def use_queues(
    received: Sequence[str], sent: Sequence[str], key_arn: Any, region: str
) -> tuple[Statement, ...]:
    """Allow receiving messages from some queues and sending messages to others, all by ARN."""
    statements: list[Statement] = []
    if received:
        statements += [
            allow(RECEIVE, list(received)),
            _key(_READ_WITH_KEY, key_arn, "sqs", "aws:sqs:arn", received, region),
        ]
    if sent:
        statements += [
            allow(SEND, list(sent)),
            _key(_WRITE_WITH_KEY, key_arn, "sqs", "aws:sqs:arn", sent, region),
        ]
    return tuple(statements)


def _key(
    actions: Sequence[str], key_arn: Any, service: str, context: str, arns: Sequence[str], region: str
) -> Statement:
    """Allow use of the key through one service, for these buckets or queues.

    S3 has a bucket's ARN as encryption context where the bucket has an S3 Bucket Key, SQS a queue's ARN.
    """
    return allow(
        actions,
        key_arn,
        {
            "StringEquals": {
                "kms:ViaService": f"{service}.{region}.amazonaws.com",
                f"kms:EncryptionContext:{context}": list(arns),
            }
        },
    )
