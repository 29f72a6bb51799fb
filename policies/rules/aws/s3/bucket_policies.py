"""S3 bucket policies and object ownership: TLS only, no public access, no lockout."""

from __future__ import annotations

from typing import Any

from rules.lib import iam_documents as documents
from rules.lib.resource_types import BUCKET, BUCKET_OWNERSHIP_CONTROLS, BUCKET_POLICY
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_set, part, text
from rules.pack.rule import M, P, Resource, resource_rule, stack_rule

_DANGEROUS = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutObjectAcl",
    "s3:PutEncryptionConfiguration",
)


def policies(bucket: Resource, stack: Stack) -> list[Any]:
    """The policy documents of a bucket."""
    own = [bucket.props.get("policy")] if is_set(bucket.props, "policy") else []
    return own + [one.props.get("policy") for one in stack.referrers(bucket, BUCKET_POLICY, "bucket")]


def _lockout(policy: Props) -> bool:
    return any(
        not one.allows
        and one.anybody
        and not one.conditions
        and ("*" in one.actions or "s3:*" in one.actions)
        for one in documents.statements(policy.get("policy"))
    )


def _allows_other_accounts(policy: Resource, config: Configuration) -> list[str]:
    dangerous = any(
        kind == "AWS" and config.account_id not in name and any(map(one.covers, _DANGEROUS))
        for one in documents.allows(policy.props.get("policy"))
        for kind, name in one.principals
    )
    return [""] if config.account_id and dangerous else []


RULES = [
    stack_rule(
        "s3-tls-only",
        M,
        BUCKET,
        "A bucket policy denies requests without TLS.",
        "deny aws:SecureTransport = false in its policy",
        holds=lambda bucket, stack: any(map(documents.requires_tls, policies(bucket, stack))),
    ),
    resource_rule(
        "s3-policy-no-star-principal",
        M,
        (BUCKET, BUCKET_POLICY),
        "A bucket policy is not public without a condition.",
        "name the principals, or add a condition",
        holds=lambda policy: not documents.allows_everyone_unconditionally(policy.get("policy")),
    ),
    resource_rule(
        "s3-policy-no-lockout",
        M,
        (BUCKET, BUCKET_POLICY),
        "A bucket policy does not deny every action to every principal.",
        "add a condition to the Deny",
        holds=lambda policy: not _lockout(policy),
    ),
    resource_rule(
        "s3-policy-cross-account",
        P,
        (BUCKET, BUCKET_POLICY),
        "A bucket policy lets no other account change the bucket's access settings.",
        "name the actions that the other account needs",
        finds=_allows_other_accounts,
    ),
    resource_rule(
        "s3-acl-disabled",
        M,
        BUCKET_OWNERSHIP_CONTROLS,
        "A bucket's owner owns every object, and access control lists are disabled.",
        'set object_ownership="BucketOwnerEnforced"',
        holds=lambda ownership: text(part(ownership, "rule"), "objectOwnership") == "BucketOwnerEnforced",
    ),
]
