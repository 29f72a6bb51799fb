"""S3: no bucket is public by any of the ways there are, and each keeps its versions."""

from __future__ import annotations

from . import documents
from .configuration import Configuration
from .graph import Stack
from .kms import open_to_anybody
from .messaging import requires_tls
from .reading import Props, is_set, on, part, parts, text
from .rule import A, M, P, Resource, ResourceRule, inspect, relate, require

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ACL = "aws:s3/bucketAcl:BucketAcl"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
_DANGEROUS = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutObjectAcl",
    "s3:PutEncryptionConfiguration",
)


def acls(bucket: Resource, stack: Stack) -> list[Props]:
    """Every access control list of a bucket: its own and those beside it."""
    return [bucket.props, *(one.props for one in stack.referrers(bucket, ACL, "bucket"))]


def _grants(acl: Props) -> list[Props]:
    return [*parts(part(acl, "accessControlPolicy"), "grants"), *parts(acl, "grants")]


def _granted_to(acl: Props, group: str) -> bool:
    return any(group in (text(part(grant, "grantee"), "uri"), text(grant, "uri")) for grant in _grants(acl))


def _no_acl(name: str, sentence: str, *canned: str) -> ResourceRule:
    return relate(  # type: ignore[return-value]
        name,
        M,
        BUCKET,
        sentence,
        "remove acl and grants",
        lambda bucket, stack: not any(text(acl, "acl") in canned for acl in acls(bucket, stack)),
    )


def _blocked(bucket: Resource, stack: Stack) -> bool:
    return any(
        on(one.props, "blockPublicAcls") and on(one.props, "blockPublicPolicy")
        for one in stack.referrers(bucket, PUBLIC_ACCESS_BLOCK, "bucket")
    )


def policies(bucket: Resource, stack: Stack) -> list[object]:
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


def _lends(policy: Resource, config: Configuration) -> list[str]:
    dangerous = any(
        kind == "AWS" and config.account_id not in name and any(map(one.covers, _DANGEROUS))
        for one in documents.allows(policy.props.get("policy"))
        for kind, name in one.principals
    )
    return [""] if config.account_id and dangerous else []


def _switch(name: str, key: str, argument: str, what: str) -> ResourceRule:
    return require(
        name,
        M,
        PUBLIC_ACCESS_BLOCK,
        f"A bucket's access block {what}.",
        f"set {argument}=True",
        lambda block: on(block, key),
    )


RULES = [
    relate(
        "s3-pab",
        M,
        BUCKET,
        "Every bucket has a public access block.",
        "add one with all four switches",
        _blocked,
    ),
    _switch("s3-pab-block-acls", "blockPublicAcls", "block_public_acls", "refuses public lists"),
    _switch("s3-pab-block-policy", "blockPublicPolicy", "block_public_policy", "refuses public policies"),
    _switch("s3-pab-ignore-acls", "ignorePublicAcls", "ignore_public_acls", "ignores public lists"),
    _switch("s3-pab-restrict", "restrictPublicBuckets", "restrict_public_buckets", "closes public buckets"),
    require(
        "s3-account-pab",
        A,
        ACCOUNT_BLOCK,
        "The account's access block has all four switches on.",
        "set all four",
        lambda block: all(on(block, key) for key in SWITCHES),
    ),
    relate(
        "s3-tls-only",
        M,
        BUCKET,
        "A bucket is spoken to by TLS only.",
        "deny aws:SecureTransport = false in its policy",
        lambda bucket, stack: any(map(requires_tls, policies(bucket, stack))),
    ),
    _no_acl(
        "s3-no-public-read",
        "No bucket can be read by everybody.",
        "public-read",
        "authenticated-read",
        "website",
    ),
    _no_acl("s3-no-public-write", "No bucket can be written by everybody.", "public-read-write"),
    require(
        "s3-acl-no-allusers",
        M,
        ACL,
        "No list grants anything to everybody.",
        "remove the grant",
        lambda acl: not _granted_to(acl, ALL_USERS),
    ),
    require(
        "s3-acl-no-authenticated",
        M,
        ACL,
        "No list grants anything to every AWS user there is.",
        "remove the grant",
        lambda acl: not _granted_to(acl, AUTHENTICATED),
    ),
    require(
        "s3-policy-no-star-principal",
        M,
        (BUCKET, BUCKET_POLICY),
        "No bucket policy allows everybody without a condition.",
        "name the principals or add a condition",
        lambda policy: not open_to_anybody(policy.get("policy")),
    ),
    require(
        "s3-policy-no-lockout",
        M,
        (BUCKET, BUCKET_POLICY),
        "No bucket policy locks everybody out.",
        "add a condition to the Deny",
        lambda policy: not _lockout(policy),
    ),
    inspect(
        "s3-policy-cross-account",
        P,
        (BUCKET, BUCKET_POLICY),
        "No other account can open a bucket up.",
        "name the actions it needs",
        _lends,
    ),
    require(
        "s3-acl-disabled",
        M,
        OWNERSHIP,
        "A bucket's objects are its owner's, without lists.",
        'set object_ownership="BucketOwnerEnforced"',
        lambda ownership: text(part(ownership, "rule"), "objectOwnership") == "BucketOwnerEnforced",
    ),
]
