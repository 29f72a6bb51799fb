"""Configures ECS Exec where a stack allows it: an encrypted channel, and a log of every session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ecs, kms

from components.kms import ecs_exec_key
from components.options import child_of
from iam_documents import Statement, allow, open_channels
from settings.names import Names


@dataclass(frozen=True, kw_only=True)
class ExecAccess:
    """The log group of ECS Exec sessions, and the key of their channels."""

    log_group: cloudwatch.LogGroup
    key: kms.Key


def exec_access(
    owner: pulumi.Resource,
    name: str,
    *,
    names: Names,
    services: Iterable[str],
    administrators: Sequence[str],
    log_days: int,
    logs_key_arn: pulumi.Input[str],
) -> ExecAccess:
    """Give ``owner`` what ECS Exec needs: an encrypted log group, and the key of the channels."""
    key = ecs_exec_key(owner, name, names=names, services=services, administrators=administrators)
    log_group = cloudwatch.LogGroup(
        f"{name}-exec-log",
        name=names.log_group("exec"),
        retention_in_days=log_days,
        kms_key_id=logs_key_arn,
        opts=child_of(owner),
    )
    return ExecAccess(log_group=log_group, key=key)


def exec_configuration(access: ExecAccess | None) -> ecs.ClusterConfigurationArgs | None:
    """The cluster's configuration: every session is encrypted and logged, and no task can override it."""
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


def exec_permissions(access: ExecAccess | None) -> tuple[Statement, ...]:
    """The task role's permissions: open the channel, and write the session log."""
    if access is None:
        return ()
    group = access.log_group.arn
    return (
        open_channels(),
        allow("logs:DescribeLogGroups", "*"),  # lists; takes no resource
        allow(("logs:DescribeLogStreams", "logs:CreateLogStream", "logs:PutLogEvents"), _streams(group)),
        allow("kms:Decrypt", access.key.arn),
    )


def _streams(group: pulumi.Output[str]) -> list[pulumi.Input[str]]:
    return [group, pulumi.Output.concat(group, ":log-stream:*")]
