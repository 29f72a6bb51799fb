"""EBS: every disk and snapshot is encrypted, private and backed up."""

from __future__ import annotations

from rules.aws.rds.relations import in_backup_plan
from rules.lib.resource_types import (
    EBS_ENCRYPTION_BY_DEFAULT,
    EBS_SNAPSHOT_COPY,
    EBS_VOLUME,
    SNAPSHOT_BLOCK_PUBLIC_ACCESS,
    SNAPSHOT_PERMISSION,
    VOLUME_ATTACHMENT,
)
from rules.pack.graph import Stack
from rules.pack.properties import on, own_key, text
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule


def _private(one: Resource, _: Stack) -> bool:
    if one.type == SNAPSHOT_PERMISSION:
        return text(one.props, "accountId") not in ("", "all")
    return text(one.props, "state") in ("block-all-sharing", "block-new-sharing")


RULES = [
    resource_rule(
        "ebs-encrypted",
        M,
        EBS_VOLUME,
        "A disk is encrypted.",
        "set encrypted=True",
        holds=lambda volume: on(volume, "encrypted"),
    ),
    resource_rule(
        "ebs-cmk",
        A,
        EBS_VOLUME,
        "A disk is encrypted with a key of ours.",
        "set kms_key_id",
        holds=lambda volume: own_key(volume, "kmsKeyId"),
    ),
    resource_rule(
        "ebs-default-encryption",
        M,
        EBS_ENCRYPTION_BY_DEFAULT,
        "The account encrypts every new disk.",
        "set enabled=True",
        holds=lambda setting: "enabled" not in setting or on(setting, "enabled"),
    ),
    stack_rule(
        "ebs-snapshot-private",
        M,
        (SNAPSHOT_PERMISSION, SNAPSHOT_BLOCK_PUBLIC_ACCESS),
        "No snapshot is for everybody.",
        'name the account; set state="block-all-sharing"',
        holds=_private,
    ),
    resource_rule(
        "ebs-snapshot-copy-cmk",
        P,
        EBS_SNAPSHOT_COPY,
        "A copied snapshot is encrypted with a key of ours.",
        "set kms_key_id",
        holds=lambda copy: own_key(copy, "kmsKeyId"),
    ),
    stack_rule(
        "ebs-attached-encrypted",
        M,
        VOLUME_ATTACHMENT,
        "No machine has a disk that is not encrypted.",
        "set encrypted=True on the volume",
        holds=lambda attachment, stack: all(
            on(volume.props, "encrypted") for volume in stack.refers(attachment, "volumeId", EBS_VOLUME)
        ),
    ),
    stack_rule(
        "ebs-in-backup-plan",
        P,
        EBS_VOLUME,
        "A backup plan takes every disk.",
        "name its ARN or its tag in a backup selection",
        holds=in_backup_plan,
    ),
]
