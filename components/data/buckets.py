"""Creates the application's own buckets, each for the roles that the stack file names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.data.bucket import Bucket, BucketArgs
from components.options import child_of
from iam_documents import Statement, deny
from settings.names import Names
from settings.parts import Access
from settings.schema.parts import BucketSettings

_READS = ("s3:GetObject*",)
_WRITES = ("s3:AbortMultipartUpload", "s3:DeleteObject*", "s3:PutObject*", "s3:RestoreObject")
_ALGORITHM = "s3:x-amz-server-side-encryption"
_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"


@dataclass(frozen=True, kw_only=True)
class BucketsArgs:
    """The declared buckets, who uses them, and the key that encrypts them."""

    names: Names
    buckets: Mapping[str, BucketSettings]
    access: Mapping[str, Access]
    """The roles that use a bucket, by its short name."""
    administrators: Sequence[str]
    """Role ARN patterns."""
    key_arn: pulumi.Input[str]
    access_logs: Bucket | None = None
    """The bucket to which S3 writes their access logs; a stack without an audit has none."""


class Buckets(pulumi.ComponentResource):
    """Private, versioned buckets, encrypted with one key and closed to roles that no bucket names."""

    buckets: dict[str, pulumi.Output[str]]
    """Full names by short name."""
    ready: Sequence[pulumi.Resource]
    """The bucket policies: what a task that uses a bucket depends on."""

    def __init__(self, name: str, args: BucketsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Buckets", name, None, opts)
        made = {
            key: Bucket(
                f"{name}-{key}",
                BucketArgs(
                    bucket=args.names.bucket(key),
                    days=settings.expire_days,
                    old_version_days=settings.old_version_days,
                    statements=_restrictions(args, key),
                    key_arn=args.key_arn,
                    access_logs=args.access_logs,
                ),
                child_of(self),
            )
            for key, settings in args.buckets.items()
        }
        self.buckets = {key: one.bucket for key, one in made.items()}
        self.ready = [resource for one in made.values() for resource in one.ready]
        self.register_outputs({"buckets": self.buckets})


def _restrictions(args: BucketsArgs, key: str) -> tuple[Statement, ...]:
    """Deny objects to all but the bucket's users, and objects that another key, or none, encrypts."""
    objects = f"arn:aws:s3:::{args.names.bucket(key)}/*"
    access = args.access[key]
    return (
        _only(args, "OnlyReadersRead", _READS, objects, access.readers),
        _only(args, "OnlyWritersWrite", _WRITES, objects, access.writers),
        _denied("OnlyKms", objects, _ALGORITHM, "aws:kms"),
        _denied("OnlyTheKeyOfBuckets", objects, _KEY, args.key_arn),
    )


def _only(
    args: BucketsArgs, sid: str, actions: Sequence[str], objects: str, roles: Sequence[str]
) -> Statement:
    allowed = [*args.administrators, *map(args.names.role_arn, roles)]
    condition = {"ArnNotLike": {"aws:PrincipalArn": allowed}}
    return deny(actions, objects, condition, sid=sid, principal="*")


def _denied(sid: str, objects: str, header: str, wanted: Any) -> Statement:
    """Deny uploads that ask for something else than ``wanted``; without the header the default applies."""
    condition = {"Null": {header: "false"}, "StringNotEquals": {header: wanted}}
    return deny("s3:PutObject", objects, condition, sid=sid, principal="*")
