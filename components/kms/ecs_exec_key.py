"""The key of the channels of ECS Exec: task roles and administrators use it, nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pulumi
from pulumi_aws import kms

from components.iam import document
from components.options import child_of
from settings.names import Names


def ecs_exec_key(
    owner: pulumi.Resource,
    name: str,
    *,
    names: Names,
    services: Iterable[str],
    administrators: Sequence[str],
) -> kms.Key:
    """Give ``owner`` the key that encrypts shells in the tasks of ``services``."""
    tasks = [names.role_arn(names.task_role(service)) for service in services]
    everywhere = "*"  # in a key policy: this key
    account = {"AWS": names.account_root}
    return kms.Key(
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
                "Condition": {"ArnLike": {"aws:PrincipalArn": [*administrators, names.account_root]}},
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
