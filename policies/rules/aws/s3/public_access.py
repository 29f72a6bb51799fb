"""S3 public access: public access blocks and access control lists."""

from __future__ import annotations

from rules.lib.resource_types import ACCOUNT_PUBLIC_ACCESS_BLOCK, BUCKET, BUCKET_ACL, PUBLIC_ACCESS_BLOCK
from rules.pack.graph import Stack
from rules.pack.properties import Props, on, part, parts, text
from rules.pack.rule import A, M, Resource, ResourceRule, StackRule, resource_rule, stack_rule

SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"


def acls(bucket: Resource, stack: Stack) -> list[Props]:
    """The access control lists of a bucket: its own arguments and its BucketAcl resources."""
    return [bucket.props, *(one.props for one in stack.referrers(bucket, BUCKET_ACL, "bucket"))]


def _grants(acl: Props) -> list[Props]:
    return [*parts(part(acl, "accessControlPolicy"), "grants"), *parts(acl, "grants")]


def _granted_to(acl: Props, group: str) -> bool:
    return any(group in (text(part(grant, "grantee"), "uri"), text(grant, "uri")) for grant in _grants(acl))


def _no_acl(name: str, sentence: str, *canned: str) -> StackRule:
    return stack_rule(
        name,
        M,
        BUCKET,
        sentence,
        "remove acl and grants",
        holds=lambda bucket, stack: not any(text(acl, "acl") in canned for acl in acls(bucket, stack)),
    )


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
    _no_acl(
        "s3-no-public-read",
        "No bucket ACL allows public read access.",
        "public-read",
        "authenticated-read",
        "website",
    ),
    _no_acl("s3-no-public-write", "No bucket ACL allows public write access.", "public-read-write"),
    resource_rule(
        "s3-acl-no-allusers",
        M,
        BUCKET_ACL,
        "No bucket ACL grants a permission to all users.",
        "remove the grant",
        holds=lambda acl: not _granted_to(acl, ALL_USERS),
    ),
    resource_rule(
        "s3-acl-no-authenticated",
        M,
        BUCKET_ACL,
        "No bucket ACL grants a permission to all authenticated AWS users.",
        "remove the grant",
        holds=lambda acl: not _granted_to(acl, AUTHENTICATED),
    ),
]
