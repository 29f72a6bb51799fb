"""Attachments of backup vaults and plans, which the checks of AWS Backup compare with the stack file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ops.checks.verify.attachments.row import Checked, Nothing, Row

ROWS: Mapping[str, Sequence[Row]] = {
    "aws:backup/vault:Vault": (
        Checked("access policy", "backup-vault-policies"),
        Checked("lock or key", "backup-vaults"),
    ),
    "aws:backup/vaultPolicy:VaultPolicy": (Nothing("it is a part of the vault"),),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": (Nothing("it is a part of the vault"),),
    "aws:backup/plan:Plan": (Checked("rule or copy", "backup-plan"),),
    "aws:backup/selection:Selection": (Checked("resource", "backup-selection"),),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": (Checked("schedule", "backup-restore-tests"),),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": (
        Checked("resource", "backup-restore-tests"),
    ),
}
