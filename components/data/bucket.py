"""An S3 bucket without public access, with TLS only, versioning, encryption, a lifecycle and a policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import s3

from components.iam import document
from components.options import child_of, irreplaceable, unprotected_child
from iam_documents import Statement, tls_only

OLD_VERSION_DAYS = 30
ABANDONED_UPLOAD_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Object Lock: for ``days`` no version can be deleted or overwritten.

    Under ``GOVERNANCE`` a principal with ``s3:BypassGovernanceRetention`` may; under ``COMPLIANCE`` nobody.
    """

    mode: Literal["COMPLIANCE", "GOVERNANCE"]
    days: int


@dataclass(frozen=True, kw_only=True)
class BucketArgs:
    """What a :class:`Bucket` stores, and who writes to it."""

    bucket: str
    """Name of the bucket, globally unique."""
    days: int | None
    """Days until an object expires; None where objects stay until somebody deletes them."""
    old_version_days: int = OLD_VERSION_DAYS
    """Days until a deleted or overwritten version expires."""
    statements: Sequence[Statement] = ()
    """Statements of the bucket policy besides the denial of plain HTTP."""
    key_arn: pulumi.Input[str] | None = None
    """ARN of the KMS key; without one, SSE-S3 (some AWS services can write to nothing else)."""
    reuse_data_keys: bool = True
    """Enable the S3 Bucket Key, which saves KMS calls.

    Not for a writer whose key policy checks its own encryption context.
    """
    lock: Lock | None = None
    """Object Lock; AWS Config, S3 access logging and load balancers cannot write to a bucket that has it."""
    access_logs: Bucket | None = None
    """The bucket to which S3 writes the access log."""


class Bucket(pulumi.ComponentResource):
    """A private, versioned bucket in which objects, or deleted and overwritten versions at least, expire."""

    bucket: pulumi.Output[str]
    """Name of the bucket."""
    ready: Sequence[pulumi.Resource]
    """The bucket policy: what a service that writes to the bucket depends on."""

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Bucket", name, None, opts)
        part = child_of(self)
        bucket = s3.Bucket(
            f"{name}-bucket",
            bucket=args.bucket,
            force_destroy=False,
            # Object Lock can be configured only on a bucket that was created with it.
            object_lock_enabled=True if args.lock else None,
            opts=irreplaceable(self),
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
                    expiration=None
                    if args.days is None
                    else s3.BucketLifecycleConfigurationRuleExpirationArgs(days=args.days),
                    noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=args.old_version_days
                    ),
                    abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=ABANDONED_UPLOAD_DAYS
                    ),
                )
            ],
            # S3 refuses noncurrent version rules on a bucket without versioning.
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
                # Only after the target bucket's policy lets S3 write there.
                opts=child_of(self, args.access_logs.ready),
            )
        policy = s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.bucket,
            policy=document(_tls_only(args.bucket), *args.statements),
            # S3 refuses concurrent changes of the public access block and the policy (OperationAborted).
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
        # S3 refuses Object Lock on a bucket without versioning.
        opts=child_of(owner, [versioning]),
    )


def _tls_only(bucket: str) -> Statement:
    """The denial of plain HTTP; the ARN is built from the name, so that previews show the whole policy."""
    arn = f"arn:aws:s3:::{bucket}"
    return tls_only("s3:*", [arn, f"{arn}/*"])
