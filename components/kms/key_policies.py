"""The key policies: which roles and AWS services use each key, besides its administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iam_documents import Statement, allow_account, allow_key, allow_role, of_functions
from settings.grants import Grants
from settings.names import Names

AUTOSCALING_ROLE = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
"""The service-linked role that starts instances whose volumes the data key encrypts."""
MALWARE_ROLE = (
    "aws-service-role/malware-protection.guardduty.amazonaws.com/"
    "AWSServiceRoleForAmazonGuardDutyMalwareProtection"
)
"""The service-linked role that shares snapshots of volumes with GuardDuty, which scans them for malware.

Source: https://docs.aws.amazon.com/guardduty/latest/ug/slr-permissions-malware-protection.html
"""
AGENTLESS_ROLE = (
    "aws-service-role/agentless.inspector2.amazonaws.com/AWSServiceRoleForAmazonInspector2Agentless"
)
"""The service-linked role that reads snapshots of volumes for Amazon Inspector.

Source: https://docs.aws.amazon.com/inspector/latest/user/slr-permissions-agentless.html
"""

_USE = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
_DESCRIBE = "kms:DescribeKey"
_PUBLISH = ("kms:Decrypt", "kms:GenerateDataKey*")
_DATA_SERVICES = ("rds", "elasticache", "ecr", "ec2", "secretsmanager", "backup", "lambda")


def _via(names: Names, *services: str) -> dict[str, list[str]]:
    return {"kms:ViaService": [f"{service}.{names.region}.amazonaws.com" for service in services]}


def secrets_use(names: Names, grants: Grants) -> list[Statement]:
    """Allow readers to decrypt and writers to encrypt, through Secrets Manager and Parameter Store only."""
    stores = _via(names, "secretsmanager", "ssm")
    readers = [names.role_arn(role) for role in grants.reader_roles]
    writers = [*grants.administrators, *(names.role_arn(role) for role in grants.writer_roles)]
    statements = [
        allow_account(
            names.account_root,
            "WriteSecrets",
            ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
            {"ArnLike": {"aws:PrincipalArn": writers}, "StringEquals": stores},
        )
    ]
    if readers:
        statements.append(
            allow_account(
                names.account_root,
                "ReadSecrets",
                ("kms:Decrypt",),
                {"ArnEquals": {"aws:PrincipalArn": readers}, "StringEquals": stores},
            )
        )
    return statements


def data_use(names: Names, grants: Grants, host_roles: Sequence[str]) -> list[Statement]:
    """Allow administrators to use the key through AWS services, rotation to read the master secret, and Auto
    Scaling to start hosts."""
    via = _via(names, *_DATA_SERVICES)
    creators = {"ArnLike": {"aws:PrincipalArn": list(grants.administrators)}, "StringEquals": via}
    for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    previews = {"ArnEquals": {"aws:PrincipalArn": [names.role_arn(names.plan_role)]}}
    functions = of_functions(names.region, names.function_arns)
    statements = [
        # Without it, a preview reads a function's variables as absent and reports a difference.
        allow_account(
            names.account_root, "ReadFunctionVariables", ("kms:Decrypt",), {**previews, **functions}
        ),
        # ECR retires its grant when a repository is deleted.
        allow_account(names.account_root, "UseThroughServices", (*_USE, "kms:RetireGrant"), creators),
        allow_account(
            names.account_root, "AllowGrantsForServices", ("kms:CreateGrant",), {**creators, **for_aws}
        ),
    ]
    if grants.writer_roles:
        rotators = [names.role_arn(role) for role in grants.writer_roles]
        statements.append(
            allow_account(
                names.account_root,
                "ReadMasterSecret",
                ("kms:Decrypt",),
                {
                    "ArnEquals": {"aws:PrincipalArn": rotators},
                    "StringEquals": _via(names, "secretsmanager"),
                },
            )
        )
    if host_roles:
        linked = names.role_arn(AUTOSCALING_ROLE)
        statements += [
            allow_role(linked, "StartInstances", (*_USE, _DESCRIBE), {}),
            allow_role(linked, "AllowGrantsForAutoScaling", ("kms:CreateGrant",), for_aws),
            *_scans(names, for_aws),
        ]
    return statements


def _scans(names: Names, for_aws: Mapping[str, Any]) -> list[Statement]:
    """Allow what GuardDuty and Inspector do with encrypted volumes, where their own policies allow it too."""
    root, by_ec2 = names.account_root, {"StringEquals": _via(names, "ec2")}
    malware = {"ArnEquals": {"aws:PrincipalArn": names.role_arn(MALWARE_ROLE)}}
    agentless = {"ArnEquals": {"aws:PrincipalArn": names.role_arn(AGENTLESS_ROLE)}}
    return [
        allow_account(root, "ShareWithMalwareScan", ("kms:ReEncrypt*",), {**malware, **by_ec2}),
        allow_account(root, "AllowGrantsForMalwareScan", ("kms:CreateGrant",), {**malware, **for_aws}),
        allow_account(root, "ReadForInspector", ("kms:Decrypt",), {**agentless, **by_ec2}),
    ]


def sessions_use(names: Names, grants: Grants, host_roles: Sequence[str]) -> list[Statement]:
    """Allow administrators to generate session keys and hosts to decrypt them, both directly."""
    root, hosts = names.account_root, [names.role_arn(role) for role in host_roles]
    administrators = {"ArnLike": {"aws:PrincipalArn": list(grants.administrators)}}
    return [
        allow_account(root, "OpenSessions", ("kms:GenerateDataKey",), administrators),
        allow_account(root, "DecryptSessions", ("kms:Decrypt",), {"ArnEquals": {"aws:PrincipalArn": hosts}}),
    ]


def logs_use(names: Names) -> list[Statement]:
    """Allow CloudWatch Logs to encrypt the log groups of this application."""
    base = f"arn:aws:logs:{names.region}:{names.account_id}:log-group"
    groups = (
        f"{base}:/{names.prefix}/*",
        f"{base}:/aws/rds/instance/{names.prefix}-*",
        f"{base}:/aws/lambda/{names.prefix}-*",
        f"{base}:/aws/ecs/containerinsights/{names.prefix}-*",
        f"{base}:aws-waf-logs-{names.prefix}-*",
    )
    return [
        allow_key(
            "EncryptLogs",
            {"Service": f"logs.{names.region}.amazonaws.com"},
            (*_USE, _DESCRIBE),
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": list(groups)}},
        )
    ]


def alerts_use(names: Names) -> list[Statement]:
    """Allow the alarm services to publish to encrypted topics; without it messages are lost silently."""
    return [
        allow_key(
            "PublishAlerts",
            {"Service": ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]},
            _PUBLISH,
            # AWS documents the condition for topics, and in its examples for these two services has none:
            # where one of them sends no source account, StringEquals would lose its messages in silence.
            # Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            {"StringEqualsIfExists": {"aws:SourceAccount": names.account_id}},
        ),
        # EventBridge sends no aws:Source* key to an encrypted topic: a condition would deny every event.
        allow_key("PublishEvents", {"Service": "events.amazonaws.com"}, _PUBLISH),
    ]
