"""S3 buckets: access logging, lifecycle, Object Lock, replication, notifications, MFA delete."""

from __future__ import annotations

from collections.abc import Callable

from rules.lib.resource_types import BUCKET, BUCKET_LIFECYCLE, BUCKET_VERSIONING, FLOW_LOG, TRAIL
from rules.lib.s3_buckets import (
    aborts_uploads,
    has_lifecycle,
    has_mfa_delete,
    is_locked,
    is_logged,
    is_replicated,
    lifecycle_rules,
    notifies,
    takes_access_logs,
    versioning,
)
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import is_set
from rules.pack.rule import A, P, Resource, resource_rule, stack_rule


def takes_logs(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket stores logs."""
    return takes_access_logs(bucket, stack) or bool(stack.referrers(bucket, FLOW_LOG))


def _unless_logs(holds: Callable[[Resource, Stack], bool]) -> Callable[[Resource, Stack], bool]:
    return lambda bucket, stack: takes_logs(bucket, stack) or holds(bucket, stack)


def _logged(bucket: Resource, stack: Stack) -> bool:
    # A bucket that logs to itself would grow without end.
    return takes_access_logs(bucket, stack) or is_logged(bucket, stack)


def _unaborted(one: Resource, _: Configuration) -> list[str]:
    elsewhere = one.type == BUCKET and not is_set(one.props, "lifecycleRules")
    return [""] if not elsewhere and not any(map(aborts_uploads, lifecycle_rules(one.props))) else []


def _without_mfa_delete(one: Resource, _: Configuration) -> list[str]:
    settings = versioning(one.props)
    elsewhere = one.type == BUCKET and not settings
    return [""] if not elsewhere and not any(map(has_mfa_delete, settings)) else []


RULES = [
    stack_rule(
        "s3-access-logging",
        P,
        BUCKET,
        "A bucket has server access logging to another bucket.",
        "add a BucketLogging to the log bucket",
        holds=_logged,
    ),
    stack_rule(
        "s3-lifecycle",
        A,
        BUCKET,
        "A bucket has a lifecycle configuration with an enabled rule.",
        "add a BucketLifecycleConfiguration",
        holds=has_lifecycle,
    ),
    resource_rule(
        "s3-abort-mpu",
        A,
        (BUCKET, BUCKET_LIFECYCLE),
        "A lifecycle configuration aborts the incomplete multipart uploads of every object.",
        "set abort_incomplete_multipart_upload in an enabled rule without a filter",
        finds=_unaborted,
    ),
    stack_rule(
        "s3-object-lock",
        A,
        BUCKET,
        "A trail's bucket has Object Lock.",
        "add a BucketObjectLockConfiguration",
        holds=lambda bucket, stack: (
            not stack.referrers(bucket, TRAIL, "s3BucketName") or is_locked(bucket, stack)
        ),
    ),
    stack_rule(
        "s3-replication",
        A,
        BUCKET,
        "A bucket that does not store logs is replicated to another region.",
        "add a BucketReplicationConfig with an enabled rule",
        holds=_unless_logs(is_replicated),
    ),
    stack_rule(
        "s3-events",
        A,
        BUCKET,
        "A bucket that does not store logs has event notifications.",
        "add a BucketNotification with a target",
        holds=_unless_logs(notifies),
    ),
    resource_rule(
        "s3-mfa-delete",
        A,
        (BUCKET, BUCKET_VERSIONING),
        "A bucket has MFA delete.",
        "only the root user can enable it, by hand: exempt the bucket with this reason",
        finds=_without_mfa_delete,
    ),
]
