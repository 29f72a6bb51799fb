"""One KMS key a purpose, each usable by exactly the roles and services that its purpose needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import kms

from components.iam import Statement, document
from components.kms.audit_key import audit_use
from components.options import child_of
from settings.grants import Grants
from settings.kms_purposes import Purpose
from settings.names import Names

DELETION_WINDOW_DAYS = 30
ROTATION_DAYS = 365
AUTOSCALING_ROLE = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
"""The service-linked role that starts machines whose volumes our key encrypts."""

_DESCRIPTIONS: dict[Purpose, str] = {
    "secrets": "Secret values in Secrets Manager and Parameter Store",
    "data": "Databases, caches, volumes, images and their backups",
    "logs": "Log groups",
    "alerts": "Alarm topics",
    "sessions": "Shell sessions on hosts",
    "audit": "The trail and what AWS Config records",
}
_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:Create*",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:Revoke*",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)
_USE = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey")
_DATA_SERVICES = ("rds", "elasticache", "ecr", "ec2", "secretsmanager", "backup", "lambda")


@dataclass(frozen=True, kw_only=True)
class KeysArgs:
    """Who administers the keys, and who may read what they protect."""

    names: Names
    grants: Grants
    """Who reads and writes secrets; the roles need not exist yet."""
    host_roles: Sequence[str] = ()
    """Names of the roles of hosts: shell sessions on them, and their volumes, are encrypted too."""
    audit: bool = False
    """Whether the stack keeps a trail."""


class Keys(pulumi.ComponentResource):
    """The customer managed keys of one application."""

    arns: dict[Purpose, pulumi.Output[str]]
    """Key ARNs by purpose."""

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Keys", name, None, opts)
        part = child_of(self)
        use: dict[Purpose, Sequence[Statement]] = {
            "secrets": _secrets_use(args),
            "data": _data_use(args),
            "logs": _logs_use(args.names),
            "alerts": _alerts_use(args.names),
        }
        if args.host_roles:
            use["sessions"] = _sessions_use(args)
        if args.audit:
            use["audit"] = audit_use(args.names, args.grants.administrators)
        self.arns = {}
        for purpose, statements in use.items():
            key = kms.Key(
                f"{name}-{purpose}",
                description=f"{args.names.prefix}: {_DESCRIPTIONS[purpose]}",
                key_usage="ENCRYPT_DECRYPT",
                is_enabled=True,
                enable_key_rotation=True,
                rotation_period_in_days=ROTATION_DAYS,
                deletion_window_in_days=DELETION_WINDOW_DAYS,
                bypass_policy_lockout_safety_check=False,
                policy=document(_administration(args), *statements),
                opts=part,
            )
            kms.Alias(
                f"{name}-{purpose}",
                name=args.names.key_alias(purpose),
                target_key_id=key.key_id,
                opts=part,
            )
            self.arns[purpose] = key.arn
        self.register_outputs({"arns": self.arns})


def _principals(names: Names, sid: str, actions: Sequence[str], condition: Mapping[str, object]) -> Statement:
    """The account's own principals, as far as ``condition`` lets them.

    The account stands for its roles because a role must exist before a key policy may name it; the role's own
    policy has to allow the action as well.
    """
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": names.account_root},
        "Action": list(actions),
        "Resource": "*",  # in a key policy: this key
        "Condition": condition,
    }


def _administration(args: KeysArgs) -> Statement:
    """The root user stays in: AWS support alone could otherwise reach a key whose administrators are gone."""
    who = [*args.grants.administrators, args.names.account_root]
    return _principals(args.names, "Administer", _ADMINISTRATION, {"ArnLike": {"aws:PrincipalArn": who}})


def _via(names: Names, *services: str) -> dict[str, list[str]]:
    return {"kms:ViaService": [f"{service}.{names.region}.amazonaws.com" for service in services]}


def _secrets_use(args: KeysArgs) -> list[Statement]:
    names, stores = args.names, _via(args.names, "secretsmanager", "ssm")
    readers = [names.role_arn(role) for role in args.grants.reader_roles]
    writers = [*args.grants.administrators, *(names.role_arn(role) for role in args.grants.writer_roles)]
    statements = [
        _principals(
            names,
            "WriteSecrets",
            ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
            {"ArnLike": {"aws:PrincipalArn": writers}, "StringEquals": stores},
        )
    ]
    if readers:
        statements.append(
            _principals(
                names,
                "ReadSecrets",
                ("kms:Decrypt",),
                {"ArnEquals": {"aws:PrincipalArn": readers}, "StringEquals": stores},
            )
        )
    return statements


def _data_use(args: KeysArgs) -> list[Statement]:
    names, via = args.names, _via(args.names, *_DATA_SERVICES)
    creators = {"ArnLike": {"aws:PrincipalArn": list(args.grants.administrators)}, "StringEquals": via}
    for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    statements = [
        _principals(names, "UseThroughServices", _USE, creators),
        _principals(names, "LendToServices", ("kms:CreateGrant",), {**creators, **for_aws}),
    ]
    if args.grants.writer_roles:
        rotators = [names.role_arn(role) for role in args.grants.writer_roles]
        statements.append(
            _principals(
                names,
                "ReadMasterSecret",
                ("kms:Decrypt",),
                {
                    "ArnEquals": {"aws:PrincipalArn": rotators},
                    "StringEquals": _via(names, "secretsmanager"),
                },
            )
        )
    if args.host_roles:
        linked = {"ArnEquals": {"aws:PrincipalArn": names.role_arn(AUTOSCALING_ROLE)}}
        statements += [
            _principals(names, "StartMachines", _USE, linked),
            _principals(names, "LendToMachines", ("kms:CreateGrant",), {**linked, **for_aws}),
        ]
    return statements


def _sessions_use(args: KeysArgs) -> list[Statement]:
    """Whoever opens a session makes its key, the host opens it; neither goes through another service."""
    names = args.names
    hosts = [names.role_arn(role) for role in args.host_roles]
    return [
        _principals(
            names,
            "OpenSessions",
            ("kms:GenerateDataKey",),
            {"ArnLike": {"aws:PrincipalArn": list(args.grants.administrators)}},
        ),
        _principals(names, "HoldSessions", ("kms:Decrypt",), {"ArnEquals": {"aws:PrincipalArn": hosts}}),
    ]


def _logs_use(names: Names) -> list[Statement]:
    base = f"arn:aws:logs:{names.region}:{names.account_id}:log-group"
    groups = (
        f"{base}:/{names.prefix}/*",
        f"{base}:/aws/rds/instance/{names.prefix}-*",
        f"{base}:/aws/lambda/{names.prefix}-*",
        f"{base}:/aws/ecs/containerinsights/{names.prefix}-*",
        f"{base}:aws-waf-logs-{names.prefix}-*",
    )
    return [
        {
            "Sid": "EncryptLogs",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{names.region}.amazonaws.com"},
            "Action": list(_USE),
            "Resource": "*",  # in a key policy: this key
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": list(groups)}},
        }
    ]


def _alerts_use(names: Names) -> list[Statement]:
    """Without this grant an alarm's message is dropped in silence (T16)."""
    return [
        {
            "Sid": "PublishAlerts",
            "Effect": "Allow",
            "Principal": {"Service": ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",  # in a key policy: this key
            "Condition": {"StringEquals": {"aws:SourceAccount": names.account_id}},
        },
        {
            "Sid": "PublishEvents",
            "Effect": "Allow",
            # EventBridge sends no aws:Source* key to an encrypted topic: a condition would drop every event.
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",  # in a key policy: this key
        },
    ]
