"""SNS topics: customer managed keys, TLS only, no public topic policy."""

from __future__ import annotations

from rules.lib.accounts import own_accounts
from rules.lib.iam import access, documents
from rules.lib.resource_types import TOPIC, TOPIC_POLICY
from rules.pack.config import Configuration
from rules.pack.properties import is_set, own_key
from rules.pack.rule import A, M, Resource, resource_rule

_TOPICS = (TOPIC, TOPIC_POLICY)
_PUBLISH = ("sns:Publish",)


def _other_accounts(topic: Resource, config: Configuration) -> list[str]:
    own = own_accounts(topic, config)
    foreign = any(access.is_foreign(one, own) for one in documents.allows(topic.props.get("policy")))
    return [""] if foreign else []


RULES = [
    resource_rule(
        "sns-encrypted",
        M,
        TOPIC,
        "A topic is encrypted.",
        "set kms_master_key_id",
        holds=lambda topic: is_set(topic, "kmsMasterKeyId"),
    ),
    resource_rule(
        "sns-cmk",
        M,
        TOPIC,
        "A topic is encrypted with a customer managed key; alarms cannot publish with the AWS managed key.",
        "set kms_master_key_id to a customer managed key whose policy allows CloudWatch and EventBridge",
        holds=lambda topic: own_key(topic, "kmsMasterKeyId"),
        requirements=("T16",),
    ),
    resource_rule(
        "sns-policy-not-public",
        M,
        _TOPICS,
        "A topic policy is not public without a condition on the caller.",
        "name the principals or add a condition",
        holds=lambda topic: not access.public(topic.get("policy")),
    ),
    resource_rule(
        "sns-no-cross-account",
        A,
        _TOPICS,
        "A topic policy allows no other account without a condition on the caller.",
        "add a condition",
        finds=_other_accounts,
    ),
    resource_rule(
        "sns-tls-only",
        A,
        _TOPICS,
        "A topic policy denies requests without TLS.",
        "deny aws:SecureTransport = false in its policy",
        holds=lambda topic: (
            not is_set(topic, "policy") or access.denies_plain_http(topic.get("policy"), _PUBLISH)
        ),
    ),
]
