"""Topics and queues: encrypted with our key, spoken to by TLS, open to nobody in general."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import documents
from .configuration import Configuration
from .documents import Statement
from .kms import open_to_anybody
from .reading import Props, is_set, on, own_key
from .rule import A, Level, M, Resource, ResourceRule, inspect, require
from .secrets_manager import lets_anybody_in

TOPIC = "aws:sns/topic:Topic"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
_TOPICS, _QUEUES = (TOPIC, TOPIC_POLICY), (QUEUE, QUEUE_POLICY)
_ANY_ACCOUNT = re.compile(r"arn:aws[a-z-]*:iam::(?:\*|[^:]*\?[^:]*):.*|\*.+|arn:aws[a-z-]*:iam::\d+:\*")


def requires_tls(document: object) -> bool:
    """Whether a resource policy turns plain HTTP away."""
    return any(
        not one.allows and one.anybody and "false" in one.condition("aws:SecureTransport")
        for one in documents.statements(document)
    )


def _no_allow(
    name: str,
    level: Level,
    types: tuple[str, ...],
    sentence: str,
    fix: str,
    offends: Callable[[Statement], bool],
) -> ResourceRule:
    return require(
        name,
        level,
        types,
        sentence,
        fix,
        lambda one: not any(offends(statement) for statement in documents.allows(one.get("policy"))),
    )


def _tls_only(name: str, types: tuple[str, ...], what: str) -> ResourceRule:
    return require(
        name,
        A,
        types,
        f"A {what} is spoken to by TLS only.",
        "deny aws:SecureTransport = false in its policy",
        lambda one: not is_set(one, "policy") or requires_tls(one.get("policy")),
    )


def _foreigners(topic: Resource, config: Configuration) -> list[str]:
    foreign = any(
        kind == "AWS" and name != "*" and config.account_id not in name and not one.conditions
        for one in documents.allows(topic.props.get("policy"))
        for kind, name in one.principals
    )
    return [""] if foreign and config.account_id else []


def _encrypted(queue: Props) -> bool:
    return is_set(queue, "kmsMasterKeyId") or on(queue, "sqsManagedSseEnabled")


RULES = [
    require(
        "sns-encrypted",
        M,
        TOPIC,
        "A topic is encrypted.",
        "set kms_master_key_id",
        lambda topic: is_set(topic, "kmsMasterKeyId"),
    ),
    require(
        "sns-cmk",
        M,
        TOPIC,
        "A topic is encrypted with a key of ours: alarms cannot publish through the AWS managed one.",
        "set kms_master_key_id to a customer managed key that admits cloudwatch and events (T16)",
        lambda topic: own_key(topic, "kmsMasterKeyId"),
    ),
    require(
        "sns-policy-not-public",
        M,
        _TOPICS,
        "No topic is open to everybody.",
        "name the principals or add a condition",
        lambda topic: not open_to_anybody(topic.get("policy")),
    ),
    inspect(
        "sns-no-cross-account",
        A,
        _TOPICS,
        "No other account uses a topic without a condition.",
        "add a condition",
        _foreigners,
    ),
    _tls_only("sns-tls-only", _TOPICS, "topic"),
    require(
        "sqs-encrypted",
        M,
        QUEUE,
        "A queue is encrypted.",
        "set kms_master_key_id or sqs_managed_sse_enabled=True",
        _encrypted,
    ),
    require(
        "sqs-cmk",
        A,
        QUEUE,
        "A queue is encrypted with a key of ours.",
        "set kms_master_key_id to a customer managed key",
        lambda queue: own_key(queue, "kmsMasterKeyId"),
    ),
    require(
        "sqs-policy-not-public",
        M,
        _QUEUES,
        "No policy of a queue allows everybody.",
        "name the principals",
        lambda queue: not lets_anybody_in(queue.get("policy")),
    ),
    _no_allow(
        "sqs-policy-no-wildcard",
        M,
        _QUEUES,
        "No policy of a queue allows everybody by a pattern.",
        "name the account and role in full",
        lambda one: any(_ANY_ACCOUNT.fullmatch(name) for _, name in one.principals),
    ),
    _no_allow(
        "sqs-policy-no-star",
        M,
        _QUEUES,
        "No policy of a queue allows every action.",
        "name the actions",
        lambda one: bool({"*", "sqs:*"} & set(one.actions)),
    ),
    _tls_only("sqs-tls-only", _QUEUES, "queue"),
]
