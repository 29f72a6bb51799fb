"""Tests of Backup: locked vaults, a daily plan with copies, a selection by tag, and narrow roles."""

from __future__ import annotations

from typing import Any

import pytest

from iam_documents import Document, Request, may
from settings import read_stack_file
from tests.components.alone import backup, backup_of, database
from tests.components.stand_ins import key_arn
from tests.harness import ACCOUNT, Deployment
from tests.settings.stack_files import accept

ADMINISTRATORS = list(read_stack_file("prod").administrators)
RDS = f"arn:aws:rds:eu-west-1:{ACCOUNT}"
VAULT = f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault"
COPIED = f"arn:aws:rds:eu-central-1:{ACCOUNT}:snapshot:awsbackup:job-1"
BACKUP, RESTORE, RESTORES = "backup-backup", "backup-test-restore", "rds:RestoreDBInstanceFromDBSnapshot"


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return backup()


def vaults(deployment: Deployment, type_: str) -> list[Any]:
    """One resource of each vault, the stack's own first."""
    suffix = {"Vault": "vault", "VaultLockConfiguration": "lock", "VaultPolicy": "policy"}[type_]
    return [deployment.named(f"{name}-{suffix}") for name in ("backup", "backup-copy")]


@pytest.mark.accepts("A42")
def test_each_vault_has_a_key_of_its_own_and_lies_in_its_own_region(prod: Deployment) -> None:
    own, copy = vaults(prod, "Vault")
    assert (own["kmsKeyArn"], own.inputs.get("region")) == (key_arn("backup"), None)
    key = prod.only("aws:kms/key:Key")
    assert (copy["kmsKeyArn"], copy["region"], key["region"]) == (key.arn, "eu-central-1", "eu-central-1")
    assert prod.only("aws:kms/alias:Alias")["name"] == "alias/aiponge-backup"
    assert [own["name"], copy["name"]] == ["aiponge-backup", "aiponge-backup"]
    assert all(one.protect and one["forceDestroy"] is False for one in (own, copy))
    assert key.protect is True
    assert key["enableKeyRotation"] is True


@pytest.mark.accepts("A42")
def test_nobody_can_delete_a_recovery_point_before_its_time(prod: Deployment) -> None:
    for lock in vaults(prod, "VaultLockConfiguration"):
        assert (lock["minRetentionDays"], lock["maxRetentionDays"], lock["changeableForDays"]) == (35, 365, 3)
        assert lock.protect is True


def test_a_governance_lock_can_be_removed_by_administrators() -> None:
    deployment = backup_of(accept(("backup.lockMode", "GOVERNANCE")))
    locks = vaults(deployment, "VaultLockConfiguration")
    assert [lock.inputs.get("changeableForDays") for lock in locks] == [None, None]


@pytest.mark.accepts("A42")
@pytest.mark.parametrize(
    "action", ["DeleteRecoveryPoint", "UpdateRecoveryPointLifecycle", "PutBackupVaultAccessPolicy"]
)
def test_only_administrators_may_remove_anything_from_a_vault(prod: Deployment, action: str) -> None:
    for policy in vaults(prod, "VaultPolicy"):
        (statement,) = policy.document("policy")["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert f"backup:{action}" in statement["Action"]
        assert statement["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": ADMINISTRATORS}}


@pytest.mark.accepts("A42")
def test_a_vault_denies_every_call_that_removes_a_backup_or_its_lock(prod: Deployment) -> None:
    for policy in vaults(prod, "VaultPolicy"):
        (statement,) = policy.document("policy")["Statement"]
        assert set(statement["Action"]) == {
            f"backup:{call}"
            for call in (
                *("DeleteBackupVault", "DeleteBackupVaultAccessPolicy", "DeleteBackupVaultLockConfiguration"),
                *("DeleteRecoveryPoint", "DisassociateRecoveryPoint", "PutBackupVaultAccessPolicy"),
                *("PutBackupVaultLockConfiguration", "UpdateRecoveryPointLifecycle"),
            )
        }


@pytest.mark.accepts("A3")
@pytest.mark.parametrize("role", [BACKUP, RESTORE])
def test_a_role_of_aws_backup_uses_its_own_keys_and_grants_them_to_aws_only(
    prod: Deployment, role: str
) -> None:
    def allowed(action: str, key: str, **context: str) -> bool:
        request = Request(action, key, f"arn:aws:iam::{ACCOUNT}:role/any", context)
        return may(request, [role_policy(prod, role)])

    assert allowed("kms:Decrypt", key_arn("data"))
    assert not allowed("kms:Decrypt", key_arn("secrets"))
    assert allowed("kms:CreateGrant", key_arn("data"), **{"kms:GrantIsForAWSResource": "true"})
    assert not allowed("kms:CreateGrant", key_arn("data"))


@pytest.mark.accepts("A42")
def test_a_recovery_point_is_made_every_day_and_copied_and_kept_for_35_days(prod: Deployment) -> None:
    (rule,) = prod.only("aws:backup/plan:Plan")["rules"]
    own, copy = vaults(prod, "Vault")
    assert rule["targetVaultName"] == own["name"]
    assert rule["schedule"] == "cron(0 6 * * ? *)"
    assert rule["lifecycle"] == {"deleteAfter": 35}
    assert rule["copyActions"] == [{"destinationVaultArn": copy.arn, "lifecycle": {"deleteAfter": 35}}]
    assert rule["enableContinuousBackup"] is False
    # RDS makes its own backup and is maintained at other times; S10 waits longer than both windows.
    assert (rule["startWindow"], rule["completionWindow"]) == (60, 360)


def test_without_a_copy_region_there_is_no_second_vault() -> None:
    settings = accept(("backup", {"tables": {"lib_entries": 1}}), stack="staging")
    deployment = backup_of(settings)
    (rule,) = deployment.only("aws:backup/plan:Plan")["rules"]
    assert not rule.get("copyActions")
    assert len(deployment.all("aws:backup/vault:Vault")) == 1
    assert deployment.all("aws:kms/key:Key") == []


@pytest.mark.accepts("A42")
@pytest.mark.parametrize("stack", ["prod", "cinematch-production"])
def test_the_plan_selects_the_database_by_its_tag_and_no_restored_copy(stack: str) -> None:
    selection = backup(stack).only("aws:backup/selection:Selection")
    ((key, value),) = database(stack).only("aws:rds/instance:Instance")["tags"].items()
    assert selection["selectionTags"] == [{"type": "STRINGEQUALS", "key": key, "value": value}]
    assert selection["notResources"] == list(read_stack_file(stack).names.restored_databases)


def test_a_database_without_backups_has_no_tag_of_a_plan() -> None:
    assert "tags" not in database("staging").only("aws:rds/instance:Instance").inputs


def role_policy(deployment: Deployment, name: str) -> Document:
    return deployment.named(name, "aws:iam/rolePolicy:RolePolicy").document("policy")


@pytest.mark.accepts("A3")
@pytest.mark.parametrize(
    ("role", "action", "resource", "allowed"),
    [
        (BACKUP, "rds:CreateDBSnapshot", f"{RDS}:db:rds", True),
        (BACKUP, "rds:CreateDBSnapshot", f"{RDS}:db:other", False),
        (BACKUP, "rds:DeleteDBSnapshot", f"{RDS}:snapshot:awsbackup:job-1", True),
        (BACKUP, "rds:DeleteDBSnapshot", f"{RDS}:snapshot:final", False),
        (
            "backup-backup",
            "rds:CopyDBSnapshot",
            COPIED,
            True,
        ),
        (BACKUP, "backup:CopyIntoBackupVault", f"{VAULT}:other", False),
        (BACKUP, "backup:CopyFromBackupVault", f"{RDS}:snapshot:final", False),
        (RESTORE, RESTORES, f"{RDS}:og:other", False),
        (BACKUP, "rds:DeleteDBInstance", f"{RDS}:db:rds", False),
        (BACKUP, "backup:DeleteRecoveryPoint", f"{RDS}:snapshot:awsbackup:job-1", False),
        (
            "backup-test-restore",
            "rds:RestoreDBInstanceFromDBSnapshot",
            f"{RDS}:db:awsbackup-restore-test-1",
            True,
        ),
        (RESTORE, RESTORES, f"{RDS}:db:aiponge-restored-1", True),
        (RESTORE, RESTORES, f"{RDS}:db:aiponge-rds", False),
        (RESTORE, "rds:DeleteDBInstance", f"{RDS}:db:awsbackup-restore-test-1", True),
        (RESTORE, "rds:DeleteDBInstance", f"{RDS}:db:aiponge-rds", False),
        (RESTORE, "rds:ModifyDBInstance", f"{RDS}:db:awsbackup-restore-test-1", False),
    ],
)
def test_a_role_of_aws_backup_may_do_what_its_job_needs(
    prod: Deployment, role: str, action: str, resource: str, allowed: bool
) -> None:
    assert (
        may(Request(action, resource, f"arn:aws:iam::{ACCOUNT}:role/any", {}), [role_policy(prod, role)])
        is allowed
    )


@pytest.mark.accepts("A3")
def test_no_role_of_a_backup_reads_a_secret(prod: Deployment) -> None:
    for role in ("backup-backup", "backup-test-restore", "backup-test-validate-permission"):
        actions = [a for one in role_policy(prod, role)["Statement"] for a in one["Action"]]
        assert not [action for action in actions if action.startswith(("secretsmanager:", "ssm:"))]


@pytest.mark.parametrize("role", ["backup-backup", "backup-test-restore"])
def test_a_role_of_aws_backup_has_no_further_policy(prod: Deployment, role: str) -> None:
    exclusive = prod.named(f"{role}-attachments")
    assert exclusive["policyArns"] == []
    trust = prod.named(role, "aws:iam/role:Role").document("assumeRolePolicy")
    assert trust["Statement"][0]["Principal"] == {"Service": "backup.amazonaws.com"}
