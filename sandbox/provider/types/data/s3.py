"""S3: buckets and their configuration."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.conversions import nested
from sandbox.provider.rows import Inputs, row


def lifecycle(context: Context, inputs: Inputs) -> Inputs:
    """Every rule has a filter and an id in the API."""
    rules = []
    for rule in inputs.get("rules", []):
        rest = {key: value for key, value in rule.items() if key != "id"}
        rules.append({**rest, "filter": rule.get("filter") or {"prefix": ""}, "ID": rule.get("id", "rule")})
    return {"bucket": inputs["bucket"], "lifecycleConfiguration": {"rules": rules}}


def logging(context: Context, inputs: Inputs) -> Inputs:
    """The rule is two levels deeper in the API."""
    body = {key: value for key, value in inputs.items() if key != "bucket"}
    return {"bucket": inputs["bucket"], "bucketLoggingStatus": {"loggingEnabled": body}}


def object_lock(context: Context, inputs: Inputs) -> Inputs:
    """Add the only value that the first member can have, as the real provider does."""
    body = {"objectLockEnabled": "Enabled", "rule": inputs.get("rule")}
    return {"bucket": inputs["bucket"], "objectLockConfiguration": body}


def bucket(context: Context, inputs: Inputs) -> Inputs:
    """The region is a location constraint, except us-east-1."""
    body = {key: value for key, value in inputs.items() if key in ("bucket", "objectLockEnabled", "acl")}
    if context.region != "us-east-1":
        body["createBucketConfiguration"] = {"locationConstraint": context.region}
    return body


def delete_bucket(context: Context, id_: str, have: Inputs) -> None:
    """Delete the bucket, emptied first if the stack says so: AWS refuses otherwise."""
    s3 = context.client("s3")
    if have.get("forceDestroy"):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=id_):
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=id_, Key=item["Key"], VersionId=item["VersionId"])
    context.send("s3.delete_bucket", {"Bucket": id_})


row(
    "s3/bucketVersioning:BucketVersioning",
    "s3.put_bucket_versioning",
    id="{bucket}",
    read="get_bucket_versioning(Bucket={bucket}).@",
    rename="versioningConfiguration.mfaDelete:MFADelete",
    put=True,
    replace="bucket",
)
row(
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "s3.put_public_access_block",
    id="{bucket}",
    read="get_public_access_block(Bucket={bucket}).@",
    skip="skipDestroy",
    pre=nested("publicAccessBlockConfiguration", beside="bucket"),
    put=True,
    replace="bucket",
    delete="delete_public_access_block(Bucket={bucket})",
)
row(
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "s3.put_bucket_encryption",
    id="{bucket}",
    read="get_bucket_encryption(Bucket={bucket}).@",
    rename=("*.kmsMasterKeyId:KMSMasterKeyID *.sseAlgorithm:SSEAlgorithm"),
    pre=nested("serverSideEncryptionConfiguration", beside="bucket"),
    put=True,
    replace="bucket",
    delete="delete_bucket_encryption(Bucket={bucket})",
)
row(
    "s3/bucketPolicy:BucketPolicy",
    "s3.put_bucket_policy",
    id="{bucket}",
    read="get_bucket_policy(Bucket={bucket}).@",
    put=True,
    replace="bucket",
    delete="delete_bucket_policy(Bucket={bucket})",
)
row(
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "s3.put_bucket_lifecycle_configuration",
    id="{bucket}",
    read="get_bucket_lifecycle_configuration(Bucket={bucket}).@",
    pre=lifecycle,
    put=True,
    replace="bucket",
    delete="delete_bucket_lifecycle(Bucket={bucket})",
)
row(
    "s3/bucketOwnershipControls:BucketOwnershipControls",
    "s3.put_bucket_ownership_controls",
    id="{bucket}",
    read="get_bucket_ownership_controls(Bucket={bucket}).@",
    rename="ownershipControls.rule:Rules",
    pre=nested("ownershipControls", beside="bucket"),
    put=True,
    replace="bucket",
    delete="delete_bucket_ownership_controls(Bucket={bucket})",
)
row(
    "s3/bucketLogging:BucketLogging",
    "s3.put_bucket_logging",
    id="{bucket}",
    read="get_bucket_logging(Bucket={bucket}).@",
    pre=logging,
    put=True,
    replace="bucket",
)
row(
    "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "s3.put_object_lock_configuration",
    id="{bucket}",
    read="get_object_lock_configuration(Bucket={bucket}).@",
    pre=object_lock,
    put=True,
    replace="bucket",
)
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
    delete=delete_bucket,
    replace="bucket objectLockEnabled",
)
