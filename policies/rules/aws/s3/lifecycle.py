"""S3 buckets: access logging, lifecycle, Object Lock, replication, notifications, MFA delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rules.aws.s3.encryption import takes_access_logs
from rules.lib.resource_types import (
    BUCKET,
    BUCKET_LIFECYCLE,
    BUCKET_LOGGING,
    BUCKET_NOTIFICATION,
    BUCKET_OBJECT_LOCK,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
    FLOW_LOG,
    TRAIL,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_set, part, parts, text
from rules.pack.rule import A, Level, P, Resource, StackRule, resource_rule, stack_rule


def takes_logs(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket stores logs."""
    return takes_access_logs(bucket, stack) or bool(stack.referrers(bucket, FLOW_LOG))


def _logged(bucket: Resource, stack: Stack) -> bool:
    if takes_access_logs(bucket, stack):
        return True  # a bucket that logs to itself would grow without end
    return any(
        bucket not in stack.refers(one, "targetBucket", BUCKET)
        for one in stack.referrers(bucket, BUCKET_LOGGING, "bucket")
    )


def _with(
    name: str, level: Level, type_: str, sentence: str, fix: str, unless: Callable[[Resource, Stack], bool]
) -> StackRule:
    return stack_rule(
        name,
        level,
        BUCKET,
        sentence,
        fix,
        holds=lambda bucket, stack: unless(bucket, stack) or bool(stack.referrers(bucket, type_, "bucket")),
    )


def _aborts(lifecycle: Props) -> bool:
    rules: Sequence[Props] = parts(lifecycle, "rules")
    return any(is_set(rule, "abortIncompleteMultipartUpload") for rule in rules)


RULES = [
    stack_rule(
        "s3-access-logging",
        P,
        BUCKET,
        "A bucket has server access logging to another bucket.",
        "add a BucketLogging to the log bucket",
        holds=_logged,
    ),
    _with(
        "s3-lifecycle",
        A,
        BUCKET_LIFECYCLE,
        "A bucket has a lifecycle configuration.",
        "add a BucketLifecycleConfiguration",
        lambda _, __: False,
    ),
    resource_rule(
        "s3-abort-mpu",
        A,
        BUCKET_LIFECYCLE,
        "A lifecycle configuration aborts incomplete multipart uploads.",
        "set abort_incomplete_multipart_upload",
        holds=_aborts,
    ),
    stack_rule(
        "s3-object-lock",
        A,
        BUCKET,
        "A trail's bucket has Object Lock.",
        "add a BucketObjectLockConfiguration",
        holds=lambda bucket, stack: (
            not stack.referrers(bucket, TRAIL, "s3BucketName")
            or bool(stack.referrers(bucket, BUCKET_OBJECT_LOCK, "bucket"))
        ),
    ),
    _with(
        "s3-replication",
        A,
        BUCKET_REPLICATION,
        "A bucket that does not store logs is replicated to another region.",
        "add a BucketReplicationConfig",
        takes_logs,
    ),
    _with(
        "s3-events",
        A,
        BUCKET_NOTIFICATION,
        "A bucket that does not store logs has event notifications.",
        "add a BucketNotification",
        takes_logs,
    ),
    resource_rule(
        "s3-mfa-delete",
        A,
        BUCKET_VERSIONING,
        "A bucket has MFA delete.",
        "only the root user can enable it, by hand: exempt the bucket with this reason",
        holds=lambda versioning: text(part(versioning, "versioningConfiguration"), "mfaDelete") == "Enabled",
    ),
]
