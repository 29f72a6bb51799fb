"""S3 public access: public access blocks and access control lists."""

from __future__ import annotations

from collections.abc import Callable, Collection

from rules.lib.resource_types import ACCOUNT_PUBLIC_ACCESS_BLOCK, BUCKET, BUCKET_ACL, PUBLIC_ACCESS_BLOCK
from rules.lib.s3_buckets import ALL_USERS, AUTHENTICATED, all_grants, grants
from rules.pack.graph import Stack
from rules.pack.properties import Props, on
from rules.pack.rule import A, M, Resource, ResourceRule, StackRule, resource_rule, stack_rule

SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_READS = frozenset({"READ", "READ_ACP", "FULL_CONTROL"})
_WRITES = frozenset({"WRITE", "WRITE_ACP", "FULL_CONTROL"})
_PUBLIC = frozenset({ALL_USERS, AUTHENTICATED})


def _no_grant(name: str, sentence: str, permissions: Collection[str]) -> StackRule:
    return stack_rule(
        name,
        M,
        (BUCKET, BUCKET_ACL),
        sentence,
        "remove acl and grants",
        holds=lambda one, stack: (
            not any(
                grant.group in _PUBLIC and grant.permission in permissions for grant in all_grants(one, stack)
            )
        ),
    )


def _not_to(group: str) -> Callable[[Props], bool]:
    return lambda acl: all(grant.group != group for grant in grants(acl))


def _blocked(bucket: Resource, stack: Stack) -> bool:
    return any(
        on(one.props, "blockPublicAcls") and on(one.props, "blockPublicPolicy")
        for one in stack.referrers(bucket, PUBLIC_ACCESS_BLOCK, "bucket")
    )


def _switch(name: str, key: str, argument: str, what: str) -> ResourceRule:
    return resource_rule(
        name,
        M,
        PUBLIC_ACCESS_BLOCK,
        f"A bucket's public access block {what}.",
        f"set {argument}=True",
        holds=lambda block: on(block, key),
    )


RULES = [
    stack_rule(
        "s3-pab",
        M,
        BUCKET,
        "Every bucket has a public access block.",
        "add a BucketPublicAccessBlock with all four settings on",
        holds=_blocked,
    ),
    _switch("s3-pab-block-acls", "blockPublicAcls", "block_public_acls", "rejects public ACLs"),
    _switch(
        "s3-pab-block-policy", "blockPublicPolicy", "block_public_policy", "rejects public bucket policies"
    ),
    _switch("s3-pab-ignore-acls", "ignorePublicAcls", "ignore_public_acls", "ignores public ACLs"),
    _switch(
        "s3-pab-restrict",
        "restrictPublicBuckets",
        "restrict_public_buckets",
        "restricts access to public buckets",
    ),
    resource_rule(
        "s3-account-pab",
        A,
        ACCOUNT_PUBLIC_ACCESS_BLOCK,
        "The account's public access block has all four settings on.",
        "set all four settings to True",
        holds=lambda block: all(on(block, key) for key in SWITCHES),
    ),
    _no_grant("s3-no-public-read", "No bucket ACL allows public read access.", _READS),
    _no_grant("s3-no-public-write", "No bucket ACL allows public write access.", _WRITES),
    resource_rule(
        "s3-acl-no-allusers",
        M,
        (BUCKET, BUCKET_ACL),
        "No bucket ACL grants a permission to all users.",
        "remove the grant",
        holds=_not_to(ALL_USERS),
    ),
    resource_rule(
        "s3-acl-no-authenticated",
        M,
        (BUCKET, BUCKET_ACL),
        "No bucket ACL grants a permission to all authenticated AWS users.",
        "remove the grant",
        holds=_not_to(AUTHENTICATED),
    ),
]
