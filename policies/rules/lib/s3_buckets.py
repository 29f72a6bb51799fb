"""Reads the settings of S3 buckets in one form: inline arguments and separate resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rules.lib.resource_types import (
    BUCKET,
    BUCKET_ACL,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_LOGGING,
    BUCKET_NOTIFICATION,
    BUCKET_OBJECT_LOCK,
    BUCKET_POLICY,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
    LOAD_BALANCER,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_set, on, part, parts, text, values, word
from rules.pack.rule import Resource

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
_CANNED = {
    "public-read": ((ALL_USERS, "READ"),),
    "public-read-write": ((ALL_USERS, "READ"), (ALL_USERS, "WRITE")),
    "website": ((ALL_USERS, "READ"),),
    "authenticated-read": ((AUTHENTICATED, "READ"),),
}


class Grant(NamedTuple):
    """A permission that an access control list grants to a group."""

    group: str
    permission: str


def _of(bucket: Resource, stack: Stack, type_: str) -> list[Props]:
    return [one.props for one in stack.referrers(bucket, type_, "bucket")]


def policies(bucket: Resource, stack: Stack) -> list[Any]:
    """The policy documents of a bucket."""
    own = [bucket.props.get("policy")] if is_set(bucket.props, "policy") else []
    return own + [one.props.get("policy") for one in stack.referrers(bucket, BUCKET_POLICY, "bucket")]


def grants(acl: Props) -> Iterator[Grant]:
    """The grants to groups of a BucketAcl, or of a bucket's own ``acl`` and ``grants``."""
    yield from (Grant(*grant) for grant in _CANNED.get(word(acl, "acl"), ()))
    for one in (*parts(part(acl, "accessControlPolicy"), "grants"), *parts(acl, "grants")):
        group = text(part(one, "grantee"), "uri") or text(one, "uri")
        for permission in (*values(one, "permission"), *values(one, "permissions")):
            yield Grant(group, str(permission).upper())


def all_grants(one: Resource, stack: Stack) -> Iterator[Grant]:
    """The grants of a BucketAcl, or of a bucket and each of its BucketAcl resources."""
    yield from grants(one.props)
    if one.type == BUCKET:
        for acl in _of(one, stack, BUCKET_ACL):
            yield from grants(acl)


def encryption_defaults(one: Props) -> list[Props]:
    """The default encryption settings of an encryption resource, or inline in a bucket."""
    inline = parts(one, "serverSideEncryptionConfiguration", "serverSideEncryptionConfigurations")
    rules = [rule for holder in (one, *inline) for rule in parts(holder, "rules", "rule")]
    return [part(rule, "applyServerSideEncryptionByDefault") for rule in rules]


def algorithms(bucket: Resource, stack: Stack) -> list[str]:
    """The default encryption algorithms of a bucket, where it has any."""
    holders = (bucket.props, *_of(bucket, stack, BUCKET_ENCRYPTION))
    return [text(default, "sseAlgorithm") for holder in holders for default in encryption_defaults(holder)]


def versioning(one: Props) -> list[Props]:
    """The versioning settings of a versioning resource, or inline in a bucket."""
    return parts(one, "versioningConfiguration", "versioning", "versionings")


def is_versioned(setting: Props) -> bool:
    """Whether a versioning setting is enabled."""
    return word(setting, "status") == "enabled" or on(setting, "enabled")


def has_mfa_delete(setting: Props) -> bool:
    """Whether a versioning setting has MFA delete."""
    return word(setting, "mfaDelete") == "enabled" or on(setting, "mfaDelete")


def has_versioning(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket has versioning."""
    holders = (bucket.props, *_of(bucket, stack, BUCKET_VERSIONING))
    return any(is_versioned(setting) for holder in holders for setting in versioning(holder))


def is_logged(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket has server access logging to another bucket."""
    apart = stack.referrers(bucket, BUCKET_LOGGING, "bucket")
    if any(bucket not in stack.refers(one, "targetBucket", BUCKET) for one in apart):
        return True
    inline = parts(bucket.props, "logging", "loggings")
    own = text(bucket.props, "bucket")
    return any(
        is_set(setting, "targetBucket") and text(setting, "targetBucket") != (own or None)
        for setting in inline
    )


def takes_access_logs(bucket: Resource, stack: Stack) -> bool:
    """Whether S3 or a load balancer delivers access logs to the bucket."""
    inline = [one for key in ("logging", "loggings") for one in stack.referrers(bucket, BUCKET, key)]
    return bool(
        stack.referrers(bucket, BUCKET_LOGGING, "targetBucket")
        or inline
        or stack.referrers(bucket, LOAD_BALANCER, "accessLogs")
    )


def lifecycle_rules(one: Props) -> list[Props]:
    """The enabled lifecycle rules of a lifecycle resource, or inline in a bucket."""
    apart = [rule for rule in parts(one, "rules") if word(rule, "status") == "enabled"]
    return apart + [rule for rule in parts(one, "lifecycleRules") if on(rule, "enabled")]


def has_lifecycle(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket has an enabled lifecycle rule."""
    return any(map(lifecycle_rules, (bucket.props, *_of(bucket, stack, BUCKET_LIFECYCLE))))


def aborts_uploads(rule: Props) -> bool:
    """Whether a lifecycle rule aborts incomplete multipart uploads, of every object."""
    narrowed = is_set(rule, "prefix") or is_set(rule, "tags") or _narrows(part(rule, "filter"))
    aborts = any(
        is_set(rule, key) for key in ("abortIncompleteMultipartUpload", "abortIncompleteMultipartUploadDays")
    )
    return aborts and not narrowed


def _narrows(filter_: Props) -> bool:
    return any(is_set(filter_, key) for key in filter_)


def is_replicated(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket has an enabled replication rule."""
    inline = parts(bucket.props, "replicationConfiguration", "replicationConfigurations")
    holders = (*inline, *_of(bucket, stack, BUCKET_REPLICATION))
    return any(word(rule, "status") == "enabled" for holder in holders for rule in parts(holder, "rules"))


def is_locked(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket has Object Lock."""
    inline = parts(bucket.props, "objectLockConfiguration")
    apart = _of(bucket, stack, BUCKET_OBJECT_LOCK)
    return on(bucket.props, "objectLockEnabled") or any(
        word(one, "objectLockEnabled") in ("", "enabled") for one in (*inline, *apart)
    )


def notifies(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket sends event notifications to anything."""
    return any(
        on(one, "eventbridge") or any(is_set(one, key) for key in ("topics", "queues", "lambdaFunctions"))
        for one in _of(bucket, stack, BUCKET_NOTIFICATION)
    )
