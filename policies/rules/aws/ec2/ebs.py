"""EBS volumes and snapshots: encryption, sharing and backups."""

from __future__ import annotations

from rules.aws.backup import in_backup_plan
from rules.lib.resource_types import (
    EBS_ENCRYPTION_BY_DEFAULT,
    EBS_SNAPSHOT_COPY,
    EBS_VOLUME,
    EC2_INSTANCE,
    EC2_INSTANCE_SOURCES,
    LAUNCH_TEMPLATE,
    SNAPSHOT_BLOCK_PUBLIC_ACCESS,
    SNAPSHOT_PERMISSION,
    VOLUME_ATTACHMENT,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_set, on, own_key, part, parts, text
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule


def _disks(machine: Props) -> list[Props]:
    """The block devices of an instance, or of a launch template, where they are nested under ``ebs``."""
    found = [*parts(machine, "rootBlockDevice"), *parts(machine, "ebsBlockDevices")]
    return found + [part(one, "ebs") for one in parts(machine, "blockDeviceMappings") if is_set(one, "ebs")]


def _encrypted(machine: Props) -> bool:
    disks = _disks(machine)
    return bool(disks) and all(on(disk, "encrypted") for disk in disks)


def _private(one: Resource, _: Stack) -> bool:
    if one.type == SNAPSHOT_PERMISSION:
        return text(one.props, "accountId") not in ("", "all")
    return text(one.props, "state") in ("block-all-sharing", "block-new-sharing")


RULES = [
    resource_rule(
        "ec2-block-encrypted",
        M,
        EC2_INSTANCE_SOURCES,
        "An instance's EBS volumes are encrypted.",
        "set encrypted=True on the root device and on every other block device",
        holds=_encrypted,
    ),
    resource_rule(
        "ec2-ebs-optimized",
        A,
        (EC2_INSTANCE, LAUNCH_TEMPLATE),
        "An instance is EBS-optimized.",
        "set ebs_optimized=True",
        holds=lambda machine: on(machine, "ebsOptimized"),
    ),
    resource_rule(
        "ebs-encrypted",
        M,
        EBS_VOLUME,
        "An EBS volume is encrypted.",
        "set encrypted=True",
        holds=lambda volume: on(volume, "encrypted"),
    ),
    resource_rule(
        "ebs-cmk",
        A,
        EBS_VOLUME,
        "An EBS volume is encrypted with a customer managed key.",
        "set kms_key_id",
        holds=lambda volume: own_key(volume, "kmsKeyId"),
    ),
    resource_rule(
        "ebs-default-encryption",
        M,
        EBS_ENCRYPTION_BY_DEFAULT,
        "EBS encryption by default is enabled.",
        "set enabled=True",
        holds=lambda setting: "enabled" not in setting or on(setting, "enabled"),
    ),
    stack_rule(
        "ebs-snapshot-private",
        M,
        (SNAPSHOT_PERMISSION, SNAPSHOT_BLOCK_PUBLIC_ACCESS),
        "No EBS snapshot is public.",
        'name the account, and set state="block-all-sharing"',
        holds=_private,
    ),
    resource_rule(
        "ebs-snapshot-copy-cmk",
        P,
        EBS_SNAPSHOT_COPY,
        "A copied EBS snapshot is encrypted with a customer managed key.",
        "set kms_key_id",
        holds=lambda copy: own_key(copy, "kmsKeyId"),
    ),
    stack_rule(
        "ebs-attached-encrypted",
        M,
        VOLUME_ATTACHMENT,
        "Every EBS volume attached to an instance is encrypted.",
        "set encrypted=True on the volume",
        holds=lambda attachment, stack: all(
            on(volume.props, "encrypted") for volume in stack.refers(attachment, "volumeId", EBS_VOLUME)
        ),
    ),
    stack_rule(
        "ebs-in-backup-plan",
        P,
        EBS_VOLUME,
        "Every EBS volume is in a backup plan.",
        "add its ARN or its tag to a backup selection",
        holds=in_backup_plan,
    ),
]
