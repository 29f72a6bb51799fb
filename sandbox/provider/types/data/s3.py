"""S3: buckets."""

from __future__ import annotations

from sandbox.provider import tagging
from sandbox.provider.calls import AwsRefused, Context
from sandbox.provider.rows import Inputs, row


def bucket(context: Context, inputs: Inputs) -> Inputs:
    """The region is a location constraint, except us-east-1."""
    body = {key: value for key, value in inputs.items() if key in ("bucket", "objectLockEnabled", "acl")}
    if context.region != "us-east-1":
        body["createBucketConfiguration"] = {"locationConstraint": context.region}
    return body


def read_bucket(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read name, tags and whether the bucket has object lock."""
    context.send("s3.head_bucket", {"Bucket": id_})
    return {"bucket": id_, "objectLockEnabled": _locks(context, id_), "tagsAll": _tags(context, id_)}


def _tags(context: Context, name: str) -> dict[str, str]:
    try:
        return tagging.as_map(context.send("s3.get_bucket_tagging", {"Bucket": name})["TagSet"])
    except AwsRefused as error:
        if error.code == "NoSuchTagSet":
            return {}
        raise


def _locks(context: Context, name: str) -> bool:
    try:
        answer = context.send("s3.get_object_lock_configuration", {"Bucket": name})
    except AwsRefused as error:
        if error.code == "ObjectLockConfigurationNotFoundError":
            return False
        raise
    return answer["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"


def delete_bucket(context: Context, id_: str, have: Inputs) -> None:
    """Delete the bucket, emptied first if the stack says so: AWS refuses otherwise."""
    s3 = context.client("s3")
    if have.get("forceDestroy"):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=id_):
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=id_, Key=item["Key"], VersionId=item["VersionId"])
    context.send("s3.delete_bucket", {"Bucket": id_})


row(
    "s3/bucket:Bucket",
    "s3.create_bucket",
    id="{bucket}",
    read="head_bucket(Bucket={id}).@",
    out=(
        "arn=arn:{p}:s3:::{id} bucketDomainName={id}.s3.amazonaws.com "
        "bucketRegionalDomainName={id}.s3.{r}.amazonaws.com hostedZoneId=Z3BJ6K6RIION7M"
    ),
    name="bucket",
    rename="objectLockEnabled:ObjectLockEnabledForBucket",
    skip="forceDestroy bucketPrefix",
    pre=bucket,
    reader=read_bucket,
    defaults={"forceDestroy": False},
    computed="objectLockEnabled",
    delete=delete_bucket,
    replace="bucket objectLockEnabled",
)
