"""SQS queues: encryption, TLS only, no public queue policy."""

from __future__ import annotations

from collections.abc import Callable

from rules.lib.iam import access, documents, principals
from rules.lib.iam.documents import Statement
from rules.lib.resource_types import QUEUE, QUEUE_POLICY
from rules.pack.properties import Props, is_set, on, own_key
from rules.pack.rule import A, Level, M, ResourceRule, resource_rule

_QUEUES = (QUEUE, QUEUE_POLICY)
_SEND_AND_RECEIVE = ("sqs:SendMessage", "sqs:ReceiveMessage")


def _no_allow(
    name: str,
    level: Level,
    types: tuple[str, ...],
    sentence: str,
    fix: str,
    offends: Callable[[Statement], bool],
) -> ResourceRule:
    return resource_rule(
        name,
        level,
        types,
        sentence,
        fix,
        holds=lambda one: not any(offends(statement) for statement in documents.allows(one.get("policy"))),
    )


def _encrypted(queue: Props) -> bool:
    return is_set(queue, "kmsMasterKeyId") or on(queue, "sqsManagedSseEnabled")


RULES = [
    resource_rule(
        "sqs-tls-only",
        A,
        _QUEUES,
        "A queue policy denies requests without TLS.",
        "deny aws:SecureTransport = false in its policy",
        holds=lambda queue: (
            not is_set(queue, "policy") or access.denies_plain_http(queue.get("policy"), _SEND_AND_RECEIVE)
        ),
    ),
    resource_rule(
        "sqs-encrypted",
        M,
        QUEUE,
        "A queue is encrypted.",
        "set kms_master_key_id or sqs_managed_sse_enabled=True",
        holds=_encrypted,
    ),
    resource_rule(
        "sqs-cmk",
        A,
        QUEUE,
        "A queue is encrypted with a customer managed key.",
        "set kms_master_key_id to a customer managed key",
        holds=lambda queue: own_key(queue, "kmsMasterKeyId"),
    ),
    resource_rule(
        "sqs-policy-not-public",
        M,
        _QUEUES,
        "A queue policy is not public without a condition on the caller.",
        "name the principals, or add a condition on the caller",
        holds=lambda queue: not access.public(queue.get("policy")),
    ),
    _no_allow(
        "sqs-policy-no-wildcard",
        M,
        _QUEUES,
        "A queue policy names no principal with a wildcard.",
        "name the account and role in full",
        principals.has_pattern,
    ),
    _no_allow(
        "sqs-policy-no-star",
        M,
        _QUEUES,
        "A queue policy does not allow every action.",
        "name the actions",
        lambda one: one.covers_service("sqs"),
    ),
]
