"""S3: the configuration of buckets, each part a resource of its own."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.provider.calls import Context
from sandbox.provider.conversions import nested, properties
from sandbox.provider.rows import Inputs, Reader, row


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


def of_bucket(operation: str, take: Callable[[Inputs, Inputs], Inputs | None]) -> Reader:
    """A reader of one part: ``take`` picks the inputs from the answer, None where the part is not set."""

    def read(context: Context, id_: str, have: Inputs) -> Inputs | None:
        inputs = take(context.send(f"s3.{operation}", {"Bucket": have["bucket"]}), have)
        return None if inputs is None else {"bucket": have["bucket"], **inputs}

    return read


def _versioning(answer: Inputs, have: Inputs) -> Inputs | None:
    status = answer.get("Status")
    return {"versioningConfiguration": {"status": status}} if status else None


def _public_access(answer: Inputs, have: Inputs) -> Inputs:
    return properties(answer["PublicAccessBlockConfiguration"])


def _encryption(answer: Inputs, have: Inputs) -> Inputs:
    rules = []
    for rule in answer["ServerSideEncryptionConfiguration"]["Rules"]:
        default = rule["ApplyServerSideEncryptionByDefault"]
        key = {"kmsMasterKeyId": default["KMSMasterKeyID"]} if default.get("KMSMasterKeyID") else {}
        rules.append(
            {
                "applyServerSideEncryptionByDefault": {"sseAlgorithm": default["SSEAlgorithm"], **key},
                "bucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            }
        )
    return {"rules": rules}


def _lifecycle(answer: Inputs, have: Inputs) -> Inputs:
    return {"rules": properties(answer["Rules"])}


def _ownership(answer: Inputs, have: Inputs) -> Inputs:
    return {"rule": properties(answer["OwnershipControls"]["Rules"][0])}


def _logging(answer: Inputs, have: Inputs) -> Inputs | None:
    enabled = answer.get("LoggingEnabled")
    return properties(enabled) if enabled else None


def _object_lock(answer: Inputs, have: Inputs) -> Inputs:
    return {"rule": properties(answer["ObjectLockConfiguration"].get("Rule") or {})}


def suspend_versioning(context: Context, id_: str, have: Inputs) -> None:
    """Suspend it: versioning cannot be taken back."""
    if have["versioningConfiguration"].get("status") != "Disabled":
        params = {"Bucket": have["bucket"], "VersioningConfiguration": {"Status": "Suspended"}}
        context.send("s3.put_bucket_versioning", params)


def stop_logging(context: Context, id_: str, have: Inputs) -> None:
    """Put an empty configuration, which S3 takes for none."""
    context.send("s3.put_bucket_logging", {"Bucket": have["bucket"], "BucketLoggingStatus": {}})


def drop_lock_rule(context: Context, id_: str, have: Inputs) -> None:
    """Remove the default retention: a bucket keeps object lock."""
    configuration = {"ObjectLockEnabled": "Enabled"}
    context.send(
        "s3.put_object_lock_configuration",
        {"Bucket": have["bucket"], "ObjectLockConfiguration": configuration},
    )


def part(name: str, op: str, reader: Reader, **words: object) -> None:
    """Add the row of one part, which is named by its bucket and replaced with it."""
    row(f"s3/{name[0].lower()}{name[1:]}:{name}", f"s3.{op}", id="{bucket}", put=True, replace="bucket",
        reader=reader, **words)  # fmt: skip


part(
    "BucketVersioning",
    "put_bucket_versioning",
    of_bucket("get_bucket_versioning", _versioning),
    rename="versioningConfiguration.mfaDelete:MFADelete",
    delete=suspend_versioning,
)
part(
    "BucketPublicAccessBlock",
    "put_public_access_block",
    of_bucket("get_public_access_block", _public_access),
    skip="skipDestroy",
    pre=nested("publicAccessBlockConfiguration", beside="bucket"),
    defaults=dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), False
    ),
    delete="delete_public_access_block(Bucket={bucket})",
)
part(
    "BucketServerSideEncryptionConfiguration",
    "put_bucket_encryption",
    of_bucket("get_bucket_encryption", _encryption),
    rename="*.kmsMasterKeyId:KMSMasterKeyID *.sseAlgorithm:SSEAlgorithm",
    pre=nested("serverSideEncryptionConfiguration", beside="bucket"),
    delete="delete_bucket_encryption(Bucket={bucket})",
)
part(
    "BucketPolicy",
    "put_bucket_policy",
    of_bucket("get_bucket_policy", lambda answer, have: {"policy": answer["Policy"]}),
    delete="delete_bucket_policy(Bucket={bucket})",
)
part(
    "BucketLifecycleConfiguration",
    "put_bucket_lifecycle_configuration",
    of_bucket("get_bucket_lifecycle_configuration", _lifecycle),
    pre=lifecycle,
    delete="delete_bucket_lifecycle(Bucket={bucket})",
)
part(
    "BucketOwnershipControls",
    "put_bucket_ownership_controls",
    of_bucket("get_bucket_ownership_controls", _ownership),
    rename="ownershipControls.rule:Rules",
    pre=nested("ownershipControls", beside="bucket"),
    delete="delete_bucket_ownership_controls(Bucket={bucket})",
)
part(
    "BucketLogging",
    "put_bucket_logging",
    of_bucket("get_bucket_logging", _logging),
    pre=logging,
    delete=stop_logging,
)
part(
    "BucketObjectLockConfiguration",
    "put_object_lock_configuration",
    of_bucket("get_object_lock_configuration", _object_lock),
    pre=object_lock,
    secret="token",
    delete=drop_lock_rule,
)
