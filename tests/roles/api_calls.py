"""Names the IAM action of an API call, and the kind of resource on which AWS checks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
"""IAM's prefix of a service where it is not the service's signing name."""
RENAMED = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBucketInventoryConfigurations": "s3:GetInventoryConfiguration",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
"""Actions that are not named like their call.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""


def action(signing_name: str, operation: str) -> str:
    """The IAM action of a call."""
    named = f"{PREFIXES.get(signing_name, signing_name)}:{operation}"
    return RENAMED.get(named, named)


def kind(service: str, operation: str, params: Mapping[str, Any]) -> str:
    """The kind of resource that the parameters name (``commands.py``); ``*`` where no role names it."""
    if service == "ssm" and "Document" in operation:
        return "document"
    found = _KINDS.get(service, {})
    return next((name(str(params[key])) for key, name in found.items() if params.get(key)), "*")


def _secret(given: str) -> str:
    return "master-secret" if "rds!" in given else "secret"


def _parameter(given: str) -> str:
    return "public-parameter" if given.lstrip("['").startswith("/aws/") else "parameter"


def _policy(given: str) -> str:
    return "aws-policy" if given.startswith("arn:aws:iam::aws:") else "policy"


def _bucket(given: str) -> str:
    return "state-bucket" if "-pulumi-" in given else "bucket"


_KINDS: dict[str, dict[str, Any]] = {
    "iam": {
        "RoleName": lambda _: "role",
        "PolicyArn": _policy,
        "InstanceProfileName": lambda _: "instance-profile",
        "OpenIDConnectProviderArn": lambda _: "provider",
        "UserName": lambda _: "user",
        "PolicyName": lambda _: "policy",
    },
    "kms": {"KeyId": lambda given: "key", "TargetKeyId": lambda _: "key"},
    "lambda": {"FunctionName": lambda _: "function"},
    "s3": {"Bucket": _bucket},
    "secretsmanager": {"SecretId": _secret, "Name": _secret},
    "ssm": {
        "DocumentName": lambda _: "document",
        "Names": _parameter,
        "Path": _parameter,
        "WindowId": lambda _: "maintenance-window",
        "BaselineId": lambda _: "patch-baseline",
        "ResourceArn": lambda _: "parameter",
        "Name": _parameter,
    },
}
