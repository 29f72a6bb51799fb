"""EBS: every disk and snapshot is encrypted, private and backed up."""

from __future__ import annotations

from rules.aws.rds.relations import in_backup_plan
from rules.pack.graph import Stack
from rules.pack.properties import on, own_key, text
from rules.pack.rule import A, M, P, Resource, relate, require

VOLUME = "aws:ebs/volume:Volume"
SNAPSHOT_PERMISSION = "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission"
SNAPSHOT_BLOCK = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
SNAPSHOT_COPY = "aws:ebs/snapshotCopy:SnapshotCopy"
BY_DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"
ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment"


def _private(one: Resource, _: Stack) -> bool:
    if one.type == SNAPSHOT_PERMISSION:
        return text(one.props, "accountId") not in ("", "all")
    return text(one.props, "state") in ("block-all-sharing", "block-new-sharing")


RULES = [
    require(
        "ebs-encrypted",
        M,
        VOLUME,
        "A disk is encrypted.",
        "set encrypted=True",
        lambda volume: on(volume, "encrypted"),
    ),
    require(
        "ebs-cmk",
        A,
        VOLUME,
        "A disk is encrypted with a key of ours.",
        "set kms_key_id",
        lambda volume: own_key(volume, "kmsKeyId"),
    ),
    require(
        "ebs-default-encryption",
        M,
        BY_DEFAULT,
        "The account encrypts every new disk.",
        "set enabled=True",
        lambda setting: "enabled" not in setting or on(setting, "enabled"),
    ),
    relate(
        "ebs-snapshot-private",
        M,
        (SNAPSHOT_PERMISSION, SNAPSHOT_BLOCK),
        "No snapshot is for everybody.",
        'name the account; set state="block-all-sharing"',
        _private,
    ),
    require(
        "ebs-snapshot-copy-cmk",
        P,
        SNAPSHOT_COPY,
        "A copied snapshot is encrypted with a key of ours.",
        "set kms_key_id",
        lambda copy: own_key(copy, "kmsKeyId"),
    ),
    relate(
        "ebs-attached-encrypted",
        M,
        ATTACHMENT,
        "No machine has a disk that is not encrypted.",
        "set encrypted=True on the volume",
        lambda attachment, stack: all(
            on(volume.props, "encrypted") for volume in stack.refers(attachment, "volumeId", VOLUME)
        ),
    ),
    relate(
        "ebs-in-backup-plan",
        P,
        VOLUME,
        "A backup plan takes every disk.",
        "name its ARN or its tag in a backup selection",
        in_backup_plan,
    ),
]
