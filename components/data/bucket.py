"""A bucket that nobody outside can see, that speaks TLS only, and keeps what it was given for its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import s3

from components.iam import document
from components.options import child_of, unprotected_child
from iam_documents import Statement, tls_only

OLD_VERSION_DAYS = 30
ABANDONED_UPLOAD_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Lock:
    """How long what is written can be neither deleted nor overwritten, and whether anybody may shorten it."""

    mode: Literal["COMPLIANCE", "GOVERNANCE"]
    days: int


@dataclass(frozen=True, kw_only=True)
class BucketArgs:
    """What a :class:`Bucket` holds, and who writes it."""

    bucket: str
    """Its name, unique in all of AWS."""
    days: int
    """How long an object is kept."""
    statements: Sequence[Statement] = ()
    """Who may do what, besides the account's own roles."""
    key_arn: pulumi.Input[str] | None = None
    """The key it is encrypted with; S3's own where the writer can use no other."""
    reuse_data_keys: bool = True
    """Asks KMS less often, in the bucket's name: not for a writer whose key policy wants its own."""
    lock: Lock | None = None
    """AWS Config, S3 and load balancers write to no bucket that has one."""
    access_logs: Bucket | None = None
    """The bucket in which S3 records every request."""


class Bucket(pulumi.ComponentResource):
    """A private, versioned bucket with an end to everything in it."""

    bucket: pulumi.Output[str]
    """Its name."""
    ready: Sequence[pulumi.Resource]
    """Its policy: what a service that writes to the bucket waits for."""

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Bucket", name, None, opts)
        part = child_of(self)
        bucket = s3.Bucket(
            f"{name}-bucket",
            bucket=args.bucket,
            force_destroy=False,
            # Only a bucket that was made for locks takes any.
            object_lock_enabled=True if args.lock else None,
            opts=part,
        )
        s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.bucket,
            rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=part,
        )
        private = s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=part,
        )
        s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.bucket,
            rules=[
                s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                        sse_algorithm="AES256" if args.key_arn is None else "aws:kms",
                        kms_master_key_id=args.key_arn,
                    ),
                    bucket_key_enabled=args.key_arn is not None and args.reuse_data_keys,
                )
            ],
            opts=part,
        )
        versioning = s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.bucket,
            versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=part,
        )
        s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.bucket,
            rules=[
                s3.BucketLifecycleConfigurationRuleArgs(
                    id="expire",
                    status="Enabled",
                    filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=args.days),
                    noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=OLD_VERSION_DAYS
                    ),
                    abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=ABANDONED_UPLOAD_DAYS
                    ),
                )
            ],
            # Rules for old versions are refused while there are none.
            opts=child_of(self, [versioning]),
        )
        if args.lock is not None:
            _lock(self, name, bucket, args.lock, versioning)
        if args.access_logs is not None:
            s3.BucketLogging(
                f"{name}-logging",
                bucket=bucket.bucket,
                target_bucket=args.access_logs.bucket,
                target_prefix=f"{args.bucket}/",
                # Not before S3 may write there.
                opts=child_of(self, args.access_logs.ready),
            )
        policy = s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.bucket,
            policy=document(_tls_only(args.bucket), *args.statements),
            # Changes to both at once collide in S3.
            opts=unprotected_child(self, [private]),
        )
        self.bucket, self.ready = bucket.bucket, [policy]
        self.register_outputs({"bucket": self.bucket})


def _lock(
    owner: pulumi.Resource, name: str, bucket: s3.Bucket, lock: Lock, versioning: s3.BucketVersioning
) -> None:
    s3.BucketObjectLockConfiguration(
        f"{name}-lock",
        bucket=bucket.bucket,
        object_lock_enabled="Enabled",
        rule=s3.BucketObjectLockConfigurationRuleArgs(
            default_retention=s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
                mode=lock.mode, days=lock.days
            )
        ),
        # A lock holds versions: S3 refuses it while there are none.
        opts=child_of(owner, [versioning]),
    )


def _tls_only(bucket: str) -> Statement:
    """By name, so that the policy can be judged before there is a bucket."""
    arn = f"arn:aws:s3:::{bucket}"
    return tls_only("s3:*", [arn, f"{arn}/*"])
