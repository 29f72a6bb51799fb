"""S3: what is stored is encrypted, versioned, logged and cleaned up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .graph import Stack
from .reading import Props, is_set, own_key, part, parts, text
from .rule import A, Level, M, P, Resource, StackRule, relate, require
from .s3 import BUCKET

ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
TRAIL = "aws:cloudtrail/trail:Trail"
KMS_ALGORITHMS = frozenset({"aws:kms", "aws:kms:dsse"})
_ALGORITHMS = KMS_ALGORITHMS | {"AES256"}


def _defaults(encryption: Props) -> list[Props]:
    return [part(rule, "applyServerSideEncryptionByDefault") for rule in parts(encryption, "rules")]


def algorithms(bucket: Resource, stack: Stack) -> list[str]:
    """How a bucket encrypts by default, where that is said at all."""
    return [
        text(default, "sseAlgorithm")
        for one in stack.referrers(bucket, ENCRYPTION, "bucket")
        for default in _defaults(one.props)
    ]


def takes_access_logs(bucket: Resource, stack: Stack) -> bool:
    """Whether S3 or a load balancer writes its access logs there."""
    return bool(
        stack.referrers(bucket, LOGGING, "targetBucket") or stack.referrers(bucket, BALANCER, "accessLogs")
    )


def takes_logs(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket is there for logs of any kind."""
    return takes_access_logs(bucket, stack) or bool(stack.referrers(bucket, FLOW_LOG))


def _kms(bucket: Resource, stack: Stack) -> bool:
    found = algorithms(bucket, stack)
    return takes_access_logs(bucket, stack) or (bool(found) and all(one in KMS_ALGORITHMS for one in found))


def _logged(bucket: Resource, stack: Stack) -> bool:
    if takes_access_logs(bucket, stack):
        return True  # a log of the log would not end
    return any(
        bucket not in stack.refers(one, "targetBucket", BUCKET)
        for one in stack.referrers(bucket, LOGGING, "bucket")
    )


def _versioned(bucket: Resource, stack: Stack) -> bool:
    return any(
        text(part(one.props, "versioningConfiguration"), "status") == "Enabled"
        for one in stack.referrers(bucket, VERSIONING, "bucket")
    )


def _with(
    name: str, level: Level, type_: str, sentence: str, fix: str, unless: Callable[[Resource, Stack], bool]
) -> StackRule:
    return relate(
        name,
        level,
        BUCKET,
        sentence,
        fix,
        lambda bucket, stack: unless(bucket, stack) or bool(stack.referrers(bucket, type_, "bucket")),
    )


def _aborts(lifecycle: Props) -> bool:
    rules: Sequence[Props] = parts(lifecycle, "rules")
    return any(is_set(rule, "abortIncompleteMultipartUpload") for rule in rules)


RULES = [
    relate(
        "s3-encrypted",
        M,
        BUCKET,
        "A bucket's encryption, where it is set, is a real one.",
        'set sse_algorithm to "aws:kms" or "AES256"',
        lambda bucket, stack: all(one in _ALGORITHMS for one in algorithms(bucket, stack)),
    ),
    relate(
        "s3-kms",
        P,
        BUCKET,
        "A bucket is encrypted through KMS (access logs cannot be).",
        'set sse_algorithm="aws:kms" with a key of ours',
        _kms,
    ),
    require(
        "s3-cmk",
        A,
        ENCRYPTION,
        "A bucket is encrypted with a key of ours.",
        "set kms_master_key_id",
        lambda encryption: all(own_key(default, "kmsMasterKeyId") for default in _defaults(encryption)),
    ),
    relate(
        "s3-versioning",
        M,
        BUCKET,
        "A bucket keeps what is overwritten.",
        'add a BucketVersioning with status "Enabled"',
        _versioned,
    ),
    require(
        "s3-versioning-config",
        M,
        VERSIONING,
        "Versioning, where it is set, is on.",
        'set status="Enabled"',
        lambda versioning: text(part(versioning, "versioningConfiguration"), "status") == "Enabled",
    ),
    relate(
        "s3-access-logging",
        P,
        BUCKET,
        "Who reads a bucket is logged, elsewhere.",
        "add a BucketLogging to the log bucket",
        _logged,
    ),
    _with(
        "s3-lifecycle", A, LIFECYCLE, "A bucket forgets what is old.", "add a lifecycle", lambda _, __: False
    ),
    require(
        "s3-abort-mpu",
        A,
        LIFECYCLE,
        "A bucket drops uploads that were never finished.",
        "set abort_incomplete_multipart_upload",
        _aborts,
    ),
    relate(
        "s3-object-lock",
        A,
        BUCKET,
        "An audit bucket cannot be rewritten.",
        "add an object lock configuration",
        lambda bucket, stack: (
            not stack.referrers(bucket, TRAIL, "s3BucketName")
            or bool(stack.referrers(bucket, OBJECT_LOCK, "bucket"))
        ),
    ),
    _with(
        "s3-replication",
        A,
        REPLICATION,
        "A bucket that is no log has a copy in another region.",
        "add a replication",
        takes_logs,
    ),
    _with(
        "s3-events", A, NOTIFICATION, "A bucket tells what happens to it.", "add a notification", takes_logs
    ),
    require(
        "s3-mfa-delete",
        A,
        VERSIONING,
        "Versions are deleted with a second factor only.",
        "done once by the root user: exempt it with the reason",
        lambda versioning: text(part(versioning, "versioningConfiguration"), "mfaDelete") == "Enabled",
    ),
]
