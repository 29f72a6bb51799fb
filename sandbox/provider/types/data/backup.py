"""AWS Backup: vaults, plans, selections, and restore testing."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.conversions import nested
from sandbox.provider.rows import Inputs, row

PLAN_RENAMES = (
    "backupPlan.name:BackupPlanName backupPlan.rules.targetVaultName:TargetBackupVaultName "
    "backupPlan.rules.schedule:ScheduleExpression backupPlan.rules.startWindow:StartWindowMinutes "
    "backupPlan.rules.completionWindow:CompletionWindowMinutes *.deleteAfter:DeleteAfterDays "
    "*.coldStorageAfter:MoveToColdStorageAfterDays *.destinationVaultArn:DestinationBackupVaultArn"
)


def plan(context: Context, inputs: Inputs) -> Inputs:
    """Name and rules are one structure in the API."""
    return {"backupPlan": {"name": inputs["name"], "rules": inputs["rules"]}}


def plan_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Create a new version of the plan."""
    context.call("backup.update_backup_plan", plan(context, new), PLAN_RENAMES, {"BackupPlanId": id_})


def selection(context: Context, inputs: Inputs) -> Inputs:
    """Tag conditions have other names in the API."""
    body = {key: value for key, value in inputs.items() if key not in ("planId", "name", "selectionTags")}
    tags = [
        {"ConditionType": tag["type"], "ConditionKey": tag["key"], "ConditionValue": tag["value"]}
        for tag in inputs.get("selectionTags", [])
    ]
    chosen = {**body, "SelectionName": inputs["name"], **({"ListOfTags": tags} if tags else {})}
    return {"planId": inputs["planId"], "backupSelection": chosen}


row(
    "backup/vault:Vault",
    "backup.create_backup_vault",
    id="{name}",
    read="describe_backup_vault(BackupVaultName={id}).@",
    out="arn:BackupVaultArn recoveryPoints:NumberOfRecoveryPoints",
    name="name",
    rename="name:BackupVaultName kmsKeyArn:EncryptionKeyArn",
    skip="forceDestroy",
    delete="delete_backup_vault(BackupVaultName={id})",
    replace="*",
)
row(
    "backup/plan:Plan",
    "backup.create_backup_plan",
    id="BackupPlanId",
    read="get_backup_plan(BackupPlanId={id}).@",
    out="arn:BackupPlanArn version:VersionId",
    name="name",
    rename=PLAN_RENAMES,
    pre=plan,
    delete="delete_backup_plan(BackupPlanId={id})",
    change=plan_change,
    changes="rules",
    replace="name",
    volatile="version",
)
row(
    "backup/selection:Selection",
    "backup.create_backup_selection",
    id="SelectionId",
    read="get_backup_selection(BackupPlanId={planId},SelectionId={id}).@",
    name="name",
    rename="planId:BackupPlanId",
    pre=selection,
    missing_operation="create_backup_selection",
    delete="delete_backup_selection(BackupPlanId={planId},SelectionId={id})",
    replace="*",
)
row(
    "backup/vaultLockConfiguration:VaultLockConfiguration",
    "backup.put_backup_vault_lock_configuration",
    id="{backupVaultName}",
    read="describe_backup_vault(BackupVaultName={id}).@",
    out="backupVaultArn:BackupVaultArn",
    put=True,
    # A replacement puts the new lock, then deletes the lock of the vault, which is the new one.
    replace="backupVaultName changeableForDays maxRetentionDays minRetentionDays",
    delete="delete_backup_vault_lock_configuration(BackupVaultName={id})",
)
row(
    "backup/vaultPolicy:VaultPolicy",
    "backup.put_backup_vault_access_policy",
    id="{backupVaultName}",
    read="get_backup_vault_access_policy(BackupVaultName={id}).@",
    out="backupVaultArn:BackupVaultArn",
    put=True,
    replace="backupVaultName",
    missing_operation="put_backup_vault_access_policy",
    delete="delete_backup_vault_access_policy(BackupVaultName={id})",
)
row(
    "backup/restoreTestingPlan:RestoreTestingPlan",
    "backup.create_restore_testing_plan",
    id="{name}",
    read="get_restore_testing_plan(RestoreTestingPlanName={id}).RestoreTestingPlan",
    out="arn=arn:{p}:backup:{r}:{a}:restore-testing-plan:{id}",
    name="name",
    rename="restoreTestingPlan.name:RestoreTestingPlanName",
    pre=nested("restoreTestingPlan"),
    missing_operation="create_restore_testing_plan",
    delete="delete_restore_testing_plan(RestoreTestingPlanName={id})",
    replace="*",
)
row(
    "backup/restoreTestingSelection:RestoreTestingSelection",
    "backup.create_restore_testing_selection",
    id="{name}:{restoreTestingPlanName}",
    read="get_restore_testing_selection(RestoreTestingPlanName={restoreTestingPlanName},RestoreTestingSelectionName={name}).RestoreTestingSelection",
    name="name",
    rename="restoreTestingSelection.name:RestoreTestingSelectionName",
    pre=nested("restoreTestingSelection", beside="restoreTestingPlanName"),
    missing_operation="create_restore_testing_selection",
    delete="delete_restore_testing_selection(RestoreTestingPlanName={restoreTestingPlanName},RestoreTestingSelectionName={name})",
    replace="*",
)
