"""The key of ECS Exec channels, used by task roles and administrators only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pulumi
from pulumi_aws import kms

from components.iam import document
from components.options import child_of
from iam_documents import administration, allow_account, description
from settings.names import Names


def ecs_exec_key(
    owner: pulumi.Resource,
    name: str,
    *,
    names: Names,
    services: Iterable[str],
    administrators: Sequence[str],
) -> kms.Key:
    """Give ``owner`` the key that encrypts ECS Exec sessions in the tasks of ``services``."""
    tasks = [names.role_arn(names.task_role(service)) for service in services]
    return kms.Key(
        f"{name}-exec",
        description=f"{names.prefix}: ECS Exec channels",
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=document(
            administration(names.account_root, administrators),
            description(names.account_root, names.describing_roles),
            # The caller of `aws ecs execute-command` generates the data key; the task's agent decrypts it.
            allow_account(
                names.account_root,
                "StartChannel",
                "kms:GenerateDataKey",
                {"ArnLike": {"aws:PrincipalArn": list(administrators)}},
            ),
            allow_account(
                names.account_root, "OpenChannel", "kms:Decrypt", {"ArnEquals": {"aws:PrincipalArn": tasks}}
            ),
        ),
        opts=child_of(owner),
    )
