"""Checks the application's buckets: closed, encrypted, recoverable, and used by declared roles only."""

from __future__ import annotations

from collections.abc import Iterator

from iam_documents import parse
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.checks.verify.shared.users import Use, any_administrator, open_to_plain_http, wrong_users
from ops.core.aws_state import AwsState
from settings.parts import bucket_access
from settings.schema.parts import BucketSettings

_SWITCHES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def existing(aws: AwsState) -> Iterator[tuple[str, str, BucketSettings]]:
    """Short name, full name and settings of each declared bucket that exists."""
    there = {one["Name"] for one in aws.list("s3", "list_buckets", "Buckets")} if aws.settings.buckets else ()
    for key, settings in aws.settings.buckets.items():
        if (bucket := aws.names.bucket(key)) in there:
            yield key, bucket, settings


@check("buckets-present", "A53")
def present(aws: AwsState) -> Iterator[Problem]:
    """Every declared bucket exists."""
    there = {key for key, _, _ in existing(aws)}
    for key in aws.settings.buckets:
        if key not in there:
            yield Problem(f"bucket {aws.names.bucket(key)}", "does not exist", BY_PROGRAM)


@check("buckets-private", "A53")
def private(aws: AwsState) -> Iterator[Problem]:
    """No bucket can be public, and each access is logged where the stack has an audit."""
    for _, bucket, _ in existing(aws):
        access = aws.of_bucket("get_public_access_block", bucket).get("PublicAccessBlockConfiguration", {})
        if not all(access.get(switch) for switch in _SWITCHES):
            yield Problem(f"bucket {bucket}", "public access is not blocked", BY_PROGRAM)
        logged = aws.of_bucket("get_bucket_logging", bucket).get("LoggingEnabled", {})
        if aws.settings.audit and logged.get("TargetBucket") != aws.names.audit_bucket("access"):
            yield Problem(f"bucket {bucket}", "server access logging is off", BY_PROGRAM)


@check("buckets-encrypted", "A16")
def encrypted(aws: AwsState) -> Iterator[Problem]:
    """Objects are encrypted with the key of the stack's buckets."""
    for _, bucket, _ in existing(aws):
        found = aws.of_bucket("get_bucket_encryption", bucket).get("ServerSideEncryptionConfiguration", {})
        defaults = [one.get("ApplyServerSideEncryptionByDefault", {}) for one in found.get("Rules", [])]
        if not any(aws.is_key(one.get("KMSMasterKeyID"), "buckets") for one in defaults):
            alias = aws.names.key_alias("buckets")
            yield Problem(f"bucket {bucket}", f"its default encryption is not {alias}", BY_PROGRAM)


@check("buckets-recoverable", "A53")
def recoverable(aws: AwsState) -> Iterator[Problem]:
    """Versioning is on, and objects and old versions expire after the declared days."""
    for _, bucket, settings in existing(aws):
        if aws.ask("s3", "get_bucket_versioning", Bucket=bucket).get("Status") != "Enabled":
            yield Problem(f"bucket {bucket}", "versioning is not enabled", BY_PROGRAM)
        rules = aws.of_bucket("get_bucket_lifecycle_configuration", bucket).get("Rules", [])
        days = [
            (
                rule.get("Expiration", {}).get("Days"),
                rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"),
            )
            for rule in rules
        ]
        if days != [(settings.expire_days, settings.old_version_days)]:
            problem = "its lifecycle is not that of expireDays and oldVersionDays"
            yield Problem(f"bucket {bucket}", problem, BY_PROGRAM)


@check("buckets-users", "A53")
def users(aws: AwsState) -> Iterator[Problem]:
    """Exactly the declared roles, and administrators, can read and write a bucket, over TLS only."""
    access = bucket_access(aws.settings)
    for key, bucket, _ in existing(aws):
        subject, arn = f"bucket {bucket}", f"arn:aws:s3:::{bucket}/x"
        policy = parse(aws.of_bucket("get_bucket_policy", bucket).get("Policy") or "{}")
        of = f"buckets.{key}"
        reads = Use(
            action="s3:GetObject",
            resource=arn,
            declared=access[key].readers,
            what="get its objects",
            declared_as=f"{of}.readers",
        )
        writes = Use(
            action="s3:PutObject",
            resource=arn,
            declared=access[key].writers,
            what="put objects",
            declared_as=f"{of}.writers",
        )
        yield from wrong_users(aws, subject, policy, reads)
        yield from wrong_users(aws, subject, policy, writes)
        yield from open_to_plain_http(subject, policy, reads, any_administrator(aws))
