"""The policies of the keys of backup vaults, and what backups need of the data key."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_aws import kms

from components.iam import document
from components.kms.customer_key import customer_key
from iam_documents import Statement, administration, allow_account, description
from settings.names import Names

_USE = (
    *("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
    *("kms:ReEncryptFrom", "kms:ReEncryptTo"),
)


def backup_use(names: Names, region: str, administrators: Sequence[str]) -> list[Statement]:
    """What the policy of a vault's key in ``region`` allows besides administration.

    A copy of an RDS snapshot is encrypted with the key of the vault that it is copied to; the original has
    the key of its database.
    """
    creators = {
        "ArnLike": {"aws:PrincipalArn": list(administrators)},
        "StringEquals": {"kms:ViaService": [f"backup.{region}.amazonaws.com"]},
    }
    return [
        allow_account(
            names.account_root,
            "CreateVault",
            ("kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey", "kms:RetireGrant"),
            creators,
        ),
        *_use(names, region, [names.backup_role, names.restore_role]),
    ]


def restores(names: Names) -> list[Statement]:
    """What the data key's policy allows: snapshots of the database, their copies, and restored databases."""
    return _use(names, names.region, [names.backup_role, names.restore_role])


def _use(names: Names, region: str, roles: Sequence[str]) -> list[Statement]:
    root = names.account_root
    principals = {"ArnEquals": {"aws:PrincipalArn": [names.role_arn(role) for role in roles]}}
    through_rds = {"StringEquals": {"kms:ViaService": [f"rds.{region}.amazonaws.com"]}}
    for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        # AWS Backup describes the key itself, before it calls RDS.
        allow_account(root, "DescribeForBackups", ("kms:DescribeKey",), principals),
        allow_account(root, "UseForBackups", _USE, {**principals, **through_rds}),
        allow_account(root, "AllowGrantsForBackups", ("kms:CreateGrant",), {**principals, **for_aws}),
    ]


def backup_copy_key(
    owner: pulumi.Resource, name: str, *, names: Names, region: str, administrators: Sequence[str]
) -> kms.Key:
    """Give ``owner`` the key of the vault in ``region`` that gets the copies."""
    return customer_key(
        name,
        description=f"{names.prefix}: Copies of backups",
        policy=document(
            administration(names.account_root, administrators),
            description(names.account_root, names.describing_roles),
            *backup_use(names, region, administrators),
        ),
        alias=names.key_alias("backup"),
        owner=owner,
        region=region,
    )
