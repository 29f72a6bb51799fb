"""S3 bucket policies and object ownership: TLS only, no public access, no lockout."""

from __future__ import annotations

from rules.lib.accounts import own_accounts
from rules.lib.iam import access, documents, principals
from rules.lib.iam.patterns import PROBE
from rules.lib.resource_types import BUCKET, BUCKET_OWNERSHIP_CONTROLS, BUCKET_POLICY
from rules.lib.s3_buckets import policies
from rules.pack.config import Configuration
from rules.pack.properties import Props, part, text
from rules.pack.rule import M, P, Resource, resource_rule, stack_rule

_EVERY_ACTION = (
    *("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:PutBucketPolicy"),
    f"s3:{PROBE}",
)
_DANGEROUS = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutObjectAcl",
    "s3:PutEncryptionConfiguration",
)


def _lockout(policy: Props) -> bool:
    return any(
        not one.allows
        and principals.everyone_without_exception(one)
        and not one.conditions
        and one.covers_service("s3")
        for one in documents.statements(policy.get("policy"))
    )


def _allows_other_accounts(policy: Resource, config: Configuration) -> list[str]:
    own = own_accounts(policy, config)
    dangerous = any(
        one.covers_any(_DANGEROUS) and (principals.everyone(one) or bool(principals.accounts(one) - own))
        for one in documents.allows(policy.props.get("policy"))
    )
    return [""] if dangerous else []


RULES = [
    stack_rule(
        "s3-tls-only",
        M,
        BUCKET,
        "A bucket policy denies every request without TLS.",
        "deny aws:SecureTransport = false in its policy",
        holds=lambda bucket, stack: any(
            access.denies_plain_http(policy, _EVERY_ACTION) for policy in policies(bucket, stack)
        ),
    ),
    resource_rule(
        "s3-policy-no-star-principal",
        M,
        (BUCKET, BUCKET_POLICY),
        "A bucket policy is not public without a condition on the caller.",
        "name the principals, or add a condition on the caller",
        holds=lambda policy: not access.public(policy.get("policy")),
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
