"""Lists what administrators do by hand, and what AWS's auditors read of every key and of the state."""

from __future__ import annotations

from collections.abc import Iterator

from tests.roles import tables
from tests.roles.account import Account, Call
from tests.roles.needs import key_arn
from tests.roles.principals import ANALYZER

ADMINISTRATOR = "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Administrator_0123456789abcdef"
"""A person's role in the tests, which the pattern of administrators in the shipped stacks matches."""
_DEFAULT = "kms/latest/developerguide/key-policy-default.html"
_ADMINISTER = (
    *(
        "CreateAlias",
        "DescribeKey",
        "EnableKeyRotation",
        "ListGrants",
        "PutKeyPolicy",
        "UpdateKeyDescription",
    ),
    *("RevokeGrant", "DisableKey", "GetKeyPolicy", "DeleteAlias", "TagResource", "UntagResource"),
    *("ScheduleKeyDeletion", "CancelKeyDeletion", "RotateKeyOnDemand"),
)
"""One action of each kind that AWS's default key policy gives to administrators of a key."""
_VOLUMES = "ebs/latest/userguide/ebs-encryption-requirements.html"


def by_people(account: Account) -> Iterator[Call]:
    """What an administrator does, whose own policies allow everything."""

    def call(action: str, resource: str, source: str, via: str = "") -> Call:
        context = (("kms:ViaService", f"{via}.{names.region}.amazonaws.com"),) if via else ()
        return Call(ADMINISTRATOR, action, resource, source, context, any_identity=True)

    names, keys = account.names, _keys(account)
    for key in keys:
        for action in _ADMINISTER:
            yield call(f"kms:{action}", key, _DEFAULT)
    # Whoever launches instances with encrypted volumes: EC2 checks it when the Auto Scaling group is created.
    by_ec2 = (("kms:ViaService", f"ec2.{names.region}.amazonaws.com"),)
    for action in ("ReEncryptFrom", "ReEncryptTo"):
        yield Call(names.update_role, f"kms:{action}", key_arn(names, "keys-data"), _VOLUMES, by_ec2)
    # With the grants that it lets services create.
    for_aws = (("kms:GrantIsForAWSResource", "true"),)
    yield Call(names.update_role, "kms:RevokeGrant", key_arn(names, "keys-data"), _DEFAULT, for_aws)
    trail = "awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html"
    session = "systems-manager/latest/userguide/session-preferences-enable-encryption.html"
    shell = "AmazonECS/latest/developerguide/ecs-exec.html"
    bucket = "AmazonS3/latest/userguide/bucket-key.html"
    queue = "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
    for action, name, source, via in (
        ("kms:Decrypt", "keys-audit", trail, "s3"),
        ("kms:GenerateDataKey", "keys-sessions", session, ""),
        ("kms:GenerateDataKey", "containers-exec", shell, ""),
        ("kms:Decrypt", "keys-buckets", bucket, "s3"),
        ("kms:GenerateDataKey", "keys-buckets", bucket, "s3"),
        ("kms:Decrypt", "keys-queues", queue, "sqs"),
        ("kms:GenerateDataKey", "keys-queues", queue, "sqs"),
    ):
        if key_arn(names, name) in keys:
            yield call(action, key_arn(names, name), source, via)


def by_auditors(account: Account) -> Iterator[Call]:
    """What AWS Config and Access Analyzer read of each key, and Config of the state's bucket.

    Config reads what CloudFormation's handler reads: its record has the schema's properties.
    Sources: https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html and
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AccessAnalyzerServiceRolePolicy.html
    """
    config = account.names.config_role
    analyzed = ("kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListGrants", "kms:ListKeyPolicies")
    for key in _keys(account):
        for action in analyzed:
            yield Call(ANALYZER, action, key, "Access Analyzer", any_identity=True)
        for action in tables.schema_calls()["kms/key:Key"]["read"]:
            yield Call(config, action, key, "AWS Config", any_identity=True)
    state = f"arn:aws:s3:::{account.names.state_bucket}"
    for action in tables.schema_calls()["s3/bucket:Bucket"]["read"]:
        if action not in NOT_OF_STATE and tables.exists(action):
            yield Call(config, action, state, "AWS Config", any_identity=True)


NOT_OF_STATE = (
    "s3:ListBucket",
    "s3:GetIntelligentTieringConfiguration",
    "s3:GetBucketMetadataTableConfiguration",
)
"""Of the names of objects, and of settings that the state's bucket does not have."""


def through_endpoints(account: Account) -> Iterator[Call]:
    """What a workload may do with buckets: those of its account and no other, whatever its role allows."""
    for owner, is_refused in ((account.names.account_id, False), ("999988887777", True)):
        sent = (("aws:ResourceAccount", owner),)
        own = "arn:aws:s3:::bucket-of-the-application/x"
        yield Call("x", "s3:PutObject", own, "bucket by gateway", sent, "s3", is_refused, True)


def _keys(account: Account) -> list[str]:
    return [arn for kind, arn in account.documents if kind == "policy" and arn.startswith("arn:aws:kms:")]
