"""A backup vault in which nobody can delete a recovery point before its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import backup

from components.iam import document
from components.options import irreplaceable, unprotected_child
from iam_documents import deny
from settings.names import Names
from settings.schema.data import MAX_BACKUP_DAYS, BackupSettings

CHANGEABLE_DAYS = 3
"""Days in which a COMPLIANCE lock can still be removed: the fewest that AWS Backup takes."""

_REMOVALS = (
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:PutBackupVaultAccessPolicy",
    "backup:PutBackupVaultLockConfiguration",
    "backup:UpdateRecoveryPointLifecycle",
)


@dataclass(frozen=True, kw_only=True)
class BackupVaultArgs:
    """How the recovery points of a vault are encrypted and locked."""

    names: Names
    settings: BackupSettings
    key_arn: pulumi.Input[str]
    """ARN of the KMS key, in the region of the vault."""
    administrators: Sequence[str]
    """ARN patterns of the roles that may delete recovery points of a vault in GOVERNANCE mode."""
    region: str | None = None
    """The region of the vault where it is not the stack's."""


class BackupVault(pulumi.ComponentResource):
    """A vault with its key, its lock and its access policy."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: BackupVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:BackupVault", name, None, opts)
        settings = args.settings
        vault = backup.Vault(
            f"{name}-vault",
            name=args.names.backup_vault,
            region=args.region,
            kms_key_arn=args.key_arn,
            force_destroy=False,
            opts=irreplaceable(self),
        )
        backup.VaultPolicy(
            f"{name}-policy",
            backup_vault_name=vault.name,
            region=args.region,
            policy=document(
                deny(
                    _REMOVALS,
                    "*",  # in the policy of a vault: the vault and its recovery points
                    {"ArnNotLike": {"aws:PrincipalArn": list(args.administrators)}},
                    sid="DenyRemovals",
                    principal="*",
                )
            ),
            opts=unprotected_child(self),
        )
        backup.VaultLockConfiguration(
            f"{name}-lock",
            backup_vault_name=vault.name,
            region=args.region,
            min_retention_days=settings.retention_days,
            max_retention_days=MAX_BACKUP_DAYS,
            changeable_for_days=CHANGEABLE_DAYS if settings.lock_mode == "COMPLIANCE" else None,
            # Each change replaces it: the deletion of the old lock would remove the new one from the vault.
            # An empty vault can be deleted with its lock.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        self.name, self.arn = vault.name, vault.arn
        self.register_outputs({"arn": self.arn})
