"""A shell in a task, where a stack allows one, uses a channel under our key and leaves a full record."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ecs, kms

from components.iam import OPEN_CHANNELS, Statement, allow, document
from components.options import child_of
from settings.schema.stack import Settings


@dataclass(frozen=True, kw_only=True)
class ExecAccess:
    """The record of all shells, and the key of their channels."""

    log_group: cloudwatch.LogGroup
    key: kms.Key


def exec_access(
    owner: pulumi.Resource, name: str, *, settings: Settings, logs_key_arn: pulumi.Input[str]
) -> ExecAccess:
    """Make what ECS Exec needs: a log group, and a key that only task roles and administrators can use."""
    names = settings.names
    tasks = [names.role_arn(names.task_role(service)) for service in settings.services]
    everywhere = "*"  # in a key policy: this key
    account = {"AWS": names.account_root}
    key = kms.Key(
        f"{name}-exec",
        description=f"{names.prefix}: Channels of shells in tasks",
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=document(
            {
                "Sid": "Administer",
                "Effect": "Allow",
                "Principal": account,
                "Action": "kms:*",
                "Resource": everywhere,
                "Condition": {
                    "ArnLike": {"aws:PrincipalArn": [*settings.administrators, names.account_root]}
                },
            },
            {
                "Sid": "OpenChannel",
                "Effect": "Allow",
                "Principal": account,
                "Action": "kms:Decrypt",
                "Resource": everywhere,
                "Condition": {"ArnEquals": {"aws:PrincipalArn": tasks}},
            },
        ),
        opts=child_of(owner),
    )
    log_group = cloudwatch.LogGroup(
        f"{name}-exec-log",
        name=names.log_group("exec"),
        retention_in_days=settings.monitoring.log_days,
        kms_key_id=logs_key_arn,
        opts=child_of(owner),
    )
    return ExecAccess(log_group=log_group, key=key)


def recorded(access: ExecAccess | None) -> ecs.ClusterConfigurationArgs | None:
    """The cluster's side: every shell is recorded, encrypted, whatever the task says."""
    if access is None:
        return None
    return ecs.ClusterConfigurationArgs(
        execute_command_configuration=ecs.ClusterConfigurationExecuteCommandConfigurationArgs(
            kms_key_id=access.key.arn,
            logging="OVERRIDE",
            log_configuration=ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgs(
                cloud_watch_encryption_enabled=True, cloud_watch_log_group_name=access.log_group.name
            ),
        )
    )


def through_exec(access: ExecAccess | None) -> tuple[Statement, ...]:
    """The task's side: what the agent in it needs to open the channel and write the record."""
    if access is None:
        return ()
    group = access.log_group.arn
    return (
        allow(OPEN_CHANNELS, "*"),  # channels have no ARN
        allow("logs:DescribeLogGroups", "*"),  # lists, and knows no resource
        allow(("logs:DescribeLogStreams", "logs:CreateLogStream", "logs:PutLogEvents"), _streams(group)),
        allow("kms:Decrypt", access.key.arn),
    )


def _streams(group: pulumi.Output[str]) -> list[pulumi.Input[str]]:
    return [group, pulumi.Output.concat(group, ":log-stream:*")]
