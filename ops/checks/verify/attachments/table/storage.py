"""Attachments of S3 buckets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ops.checks.verify.attachments.network_resources import buckets
from ops.checks.verify.attachments.outsiders import outsiders
from ops.checks.verify.attachments.row import (
    Call,
    Checked,
    Nothing,
    Read,
    Resource,
    Row,
    Unread,
    always,
)
from ops.core.aws_state import AwsState, Item

_TARGETS = ("TopicArn", "QueueArn", "LambdaFunctionArn")
_OF_THE_BUCKET = (Nothing("it is a part of the bucket"),)


def _of_bucket(call: str, member: str) -> Call:
    """A member of a bucket's configuration; a list yields its items."""

    def read(aws: AwsState, bucket: Resource) -> Iterator[Item]:
        found = aws.of_bucket(call, bucket.params["Bucket"]).get(member)
        if isinstance(found, list):
            yield from found
        elif found:
            yield found

    return read


def _policy(aws: AwsState, bucket: Resource, text: str) -> str | None:
    who = outsiders(text, aws.settings.account_id)
    return f"its policy lets {', '.join(who)} in" if who else None


def _grants(aws: AwsState, bucket: Resource) -> Iterator[Item]:
    """The grants of the ACL to anybody but the bucket's owner."""
    answer = aws.ask("s3", "get_bucket_acl", Bucket=bucket.params["Bucket"])
    for grant in answer.get("Grants", []):
        who = grant["Grantee"]
        if who.get("ID") != answer["Owner"]["ID"]:
            yield {"who": who.get("URI") or who.get("ID"), **grant}


def _notified(aws: AwsState, bucket: Resource) -> Iterator[Item]:
    answer = aws.ask("s3", "get_bucket_notification_configuration", Bucket=bucket.params["Bucket"])
    for member, found in answer.items():
        if member == "EventBridgeConfiguration":
            yield {"target": "EventBridge"}
        elif member.endswith("Configurations"):
            yield from ({"target": next(one[key] for key in _TARGETS if key in one)} for one in found)


def _lifecycle(aws: AwsState, bucket: Resource, rule: Item) -> str | None:
    return None if rule.get("ID") == "expire" else f"has the undeclared lifecycle rule {rule.get('ID')}"


def _logged(aws: AwsState, bucket: Resource, item: Item) -> str | None:
    target = item["TargetBucket"]
    ours = aws.names.audit_bucket("audit-access")
    known = {one.params["Bucket"] for one in buckets(aws)}
    return None if target == ours or target in known else f"its access log is written to {target}"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:s3/bucket:Bucket": (
        Read(
            "bucket policy",
            buckets,
            _of_bucket("get_bucket_policy", "Policy"),
            _policy,
            "run `pulumi up --refresh`",
        ),
        Read(
            "ACL",
            buckets,
            _grants,
            always("its ACL gives {Permission} to {who}"),
            "run `aws s3api put-bucket-acl --acl private`",
        ),
        Read(
            "access point",
            buckets,
            lambda aws, one: aws.list(
                "s3control",
                "list_access_points",
                "AccessPointList",
                AccountId=aws.settings.account_id,
                Bucket=one.params["Bucket"],
            ),
            always("has the undeclared access point {Name}"),
            "delete it with `aws s3control delete-access-point`",
        ),
        Read(
            "replication",
            buckets,
            _of_bucket("get_bucket_replication", "ReplicationConfiguration"),
            lambda aws, one, item: (
                "its objects are replicated to "
                + ", ".join(sorted({rule["Destination"]["Bucket"] for rule in item["Rules"]}))
            ),
            "delete it with `aws s3api delete-bucket-replication`, and the copies",
        ),
        Read(
            "notification",
            buckets,
            _notified,
            always("its events are sent to {target}"),
            "remove it with `aws s3api put-bucket-notification-configuration`",
        ),
        Read(
            "inventory",
            buckets,
            _of_bucket("list_bucket_inventory_configurations", "InventoryConfigurationList"),
            always("the inventory {Id} lists its objects in another bucket"),
            "delete it with `aws s3api delete-bucket-inventory-configuration`",
        ),
        Read(
            "website",
            buckets,
            _of_bucket("get_bucket_website", "IndexDocument"),
            always("is served as a website"),
            "delete it with `aws s3api delete-bucket-website`",
        ),
        Read(
            "CORS rule",
            buckets,
            _of_bucket("get_bucket_cors", "CORSRules"),
            always("lets the pages of {AllowedOrigins} read it"),
            "delete it with `aws s3api delete-bucket-cors`",
        ),
        Read(
            "lifecycle rule",
            buckets,
            _of_bucket("get_bucket_lifecycle_configuration", "Rules"),
            _lifecycle,
            "run `pulumi up --refresh`: it may delete logs early",
        ),
        Read(
            "access log elsewhere",
            buckets,
            _of_bucket("get_bucket_logging", "LoggingEnabled"),
            _logged,
            "run `pulumi up --refresh`",
        ),
        Checked("public access", "audit-files"),
        Unread(
            "multi-Region access point",
            "its calls are answered in us-west-2 only, which the boundary of the roles denies",
        ),
        Unread("analytics export", "it exports sizes and ages by prefix, neither names nor contents"),
        Unread("S3 Access Grants", "a grant needs a role that S3 may assume, and trust of roles is read"),
        Unread("metrics, Intelligent-Tiering, metadata table", "they stay inside the account"),
    ),
    **dict.fromkeys(
        (
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "aws:s3/bucketLogging:BucketLogging",
            "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            "aws:s3/bucketPolicy:BucketPolicy",
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "aws:s3/bucketVersioning:BucketVersioning",
        ),
        _OF_THE_BUCKET,
    ),
}
