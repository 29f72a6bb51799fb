"""The roles of AWS Backup: one creates and copies recovery points, one restores them.

They have the statements on RDS of AWS's policies AWSBackupServiceRolePolicyForBackup and
AWSBackupServiceRolePolicyForRestores, limited to this stack's database, snapshots and restored databases.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_aws import iam

from components.iam import document, service_trust
from components.options import unprotected_child
from iam_documents import Statement, allow
from settings.names import Names

_KEY_USE = (
    *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
    *("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
)
"""The key policies limit all but DescribeKey to requests through RDS."""


def backup_role(
    owner: pulumi.Resource,
    *,
    names: Names,
    database_arn: pulumi.Input[str],
    vault_arns: Sequence[pulumi.Input[str]],
    key_arns: Sequence[pulumi.Input[str]],
    regions: Sequence[str],
) -> iam.Role:
    """Give ``owner`` the role that creates recovery points in its region and copies them to ``regions``."""
    own, snapshots = _snapshots(names, names.region), [_snapshots(names, region) for region in regions]
    statements = [
        *_descriptions(names),
        allow("tag:GetResources", "*"),  # takes no resource
        allow("rds:CreateDBSnapshot", [database_arn, own]),
        allow("rds:ListTagsForResource", [database_arn, *snapshots]),
        allow(("rds:AddTagsToResource", "rds:CopyDBSnapshot", "rds:DeleteDBSnapshot"), snapshots),
        allow(("backup:CopyIntoBackupVault", "backup:DescribeBackupVault"), list(vault_arns)),
        allow("backup:CopyFromBackupVault", own),  # a recovery point of RDS has the ARN of its snapshot
    ]
    return _role(
        owner, "backup", names.backup_role, "Creates and copies recovery points", statements, key_arns
    )


def restore_role(
    owner: pulumi.Resource,
    *,
    names: Names,
    subnet_group_name: pulumi.Input[str],
    parameter_group_name: pulumi.Input[str],
    key_arns: Sequence[pulumi.Input[str]],
) -> iam.Role:
    """Give ``owner`` the role that restores databases under names of their own."""
    base = f"arn:aws:rds:{names.region}:{names.account_id}"
    restored = list(names.restored_databases)
    placed = [
        pulumi.Output.concat(base, ":subgrp:", subnet_group_name),
        pulumi.Output.concat(base, ":pg:", parameter_group_name),
        f"{base}:og:default:*",
    ]
    snapshots = _snapshots(names, names.region)
    statements = [
        *_descriptions(names),
        allow("rds:RestoreDBInstanceFromDBSnapshot", [snapshots, *restored, *placed]),
        allow("rds:ListTagsForResource", [snapshots, *restored]),
        allow(("rds:AddTagsToResource", "rds:DeleteDBInstance"), restored),
    ]
    return _role(owner, "restore", names.restore_role, "Restores recovery points", statements, key_arns)


def _descriptions(names: Names) -> list[Statement]:
    """AWS Backup describes every database and snapshot, in its own region."""
    base = f"arn:aws:rds:{names.region}:{names.account_id}"
    return [
        allow("rds:DescribeDBInstances", f"{base}:db:*"),
        allow("rds:DescribeDBSnapshots", [f"{base}:db:*", f"{base}:snapshot:*"]),
    ]


def _snapshots(names: Names, region: str) -> str:
    return f"arn:aws:rds:{region}:{names.account_id}:snapshot:awsbackup:*"


def _role(
    owner: pulumi.Resource,
    label: str,
    role_name: str,
    description: str,
    statements: Sequence[Statement],
    key_arns: Sequence[pulumi.Input[str]],
) -> iam.Role:
    name = f"{owner.pulumi_resource_name}-{label}"
    for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    role = iam.Role(
        name,
        name=role_name,
        description=description,
        # AWS Backup documents no aws:SourceAccount when it assumes a role; iam:PassRole keeps others out.
        assume_role_policy=service_trust("backup.amazonaws.com"),
        opts=unprotected_child(owner),
    )
    iam.RolePolicy(
        name,
        name=role_name,
        role=role.name,
        policy=document(
            *statements,
            allow(_KEY_USE, list(key_arns)),
            allow("kms:CreateGrant", list(key_arns), for_aws),
        ),
        opts=unprotected_child(owner),
    )
    iam.RolePolicyAttachmentsExclusive(
        f"{name}-attachments", role_name=role.name, policy_arns=[], opts=unprotected_child(owner)
    )
    return role
