"""Tests of the checks of backups: each weakened setting is found by its own check."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ops.live import Live, Make, Undo

VAULT, COPIES = "aiponge-backup", "eu-central-1"
A42, A43 = pytest.mark.accepts("A42"), pytest.mark.accepts("A43")


def vaults(live: Live, region: str) -> dict[str, Any]:
    """moto's vaults of a region."""
    from moto.backends import get_backend

    live.client("backup")
    return get_backend("backup")[live.settings.account_id][region].vaults  # type: ignore[return-value]


def _vault(region: str | None = None, **changes: Any) -> Make:
    """Change in moto's backend what a locked vault does not let anybody change."""

    def make(live: Live) -> Undo:
        vault = vaults(live, region or live.settings.region)[VAULT]
        before = {key: getattr(vault, key) for key in changes}
        vault.__dict__.update(changes)
        return lambda: vault.__dict__.update(before)

    return make


def _gone(region: str | None = None) -> Make:
    def make(live: Live) -> Undo:
        held = vaults(live, region or live.settings.region)
        vault = held.pop(VAULT)
        return lambda: held.update({VAULT: vault})

    return make


def without_policy(live: Live) -> Undo:
    backup = live.client("backup")
    policy = backup.get_backup_vault_access_policy(BackupVaultName=VAULT)["Policy"]
    backup.delete_backup_vault_access_policy(BackupVaultName=VAULT)
    return lambda: backup.put_backup_vault_access_policy(BackupVaultName=VAULT, Policy=policy)


def policy_that_allows_a_longer_list(live: Live) -> Undo:
    backup = live.client("backup")
    policy = backup.get_backup_vault_access_policy(BackupVaultName=VAULT)["Policy"]
    weak = json.loads(policy)
    weak["Statement"][0]["Action"].remove("backup:DeleteRecoveryPoint")
    backup.put_backup_vault_access_policy(BackupVaultName=VAULT, Policy=json.dumps(weak))
    return lambda: backup.put_backup_vault_access_policy(BackupVaultName=VAULT, Policy=policy)


def _rule(**changes: Any) -> Make:
    """Change the rule of the backup plan."""

    def make(live: Live) -> Undo:
        (plan,) = live.backend("backup").plans.values()
        (rule,) = plan.backup_plan["Rules"]
        before = {key: rule.get(key) for key in changes}
        rule.update(changes)
        return lambda: rule.update(before)

    return make


def without_plan(live: Live) -> Undo:
    plans = live.backend("backup").plans
    kept = dict(plans)
    plans.clear()
    return lambda: plans.update(kept)


def without_selection(live: Live) -> Undo:
    backup = live.client("backup")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    ident = plan["BackupPlanId"]
    (one,) = backup.list_backup_selections(BackupPlanId=ident)["BackupSelectionsList"]
    asked = {"BackupPlanId": ident, "SelectionId": one["SelectionId"]}
    selection = backup.get_backup_selection(**asked)["BackupSelection"]
    backup.delete_backup_selection(**asked)
    return lambda: backup.create_backup_selection(BackupPlanId=ident, BackupSelection=selection)


def untagged(live: Live) -> Undo:
    rds = live.client("rds")
    arn = rds.describe_db_instances(DBInstanceIdentifier="aiponge-rds")["DBInstances"][0]["DBInstanceArn"]
    tag = {"Key": "BackupPlan", "Value": "aiponge-staging"}
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["BackupPlan"])
    return lambda: rds.add_tags_to_resource(ResourceName=arn, Tags=[tag])


def _restored(**overrides: str) -> Make:
    """Change where the restore test restores to."""

    def make(live: Live) -> Undo:
        backup = live.client("backup")
        asked = {
            "RestoreTestingPlanName": "aiponge_staging",
            "RestoreTestingSelectionName": "aiponge_staging_database",
        }
        before = backup.get_restore_testing_selection(**asked)["RestoreTestingSelection"]
        given = before["RestoreMetadataOverrides"]
        kept = {key: before[key] for key in ("IamRoleArn", "ProtectedResourceArns", "ValidationWindowHours")}

        def put(changed: dict[str, str]) -> None:
            whole = {**kept, "RestoreMetadataOverrides": changed}
            backup.update_restore_testing_selection(**asked, RestoreTestingSelection=whole)

        put({**given, **overrides})
        return lambda: put(given)

    return make


def validation_disabled(live: Live) -> Undo:
    events = live.client("events")
    events.disable_rule(Name="aiponge-database-restored")
    return lambda: events.enable_rule(Name="aiponge-database-restored")


def without_restore_tests(live: Live) -> Undo:
    backup = live.client("backup")
    found = backup.get_restore_testing_plan(RestoreTestingPlanName="aiponge_staging")["RestoreTestingPlan"]
    backup.delete_restore_testing_plan(RestoreTestingPlanName="aiponge_staging")
    keys = ("RestoreTestingPlanName", "ScheduleExpression", "RecoveryPointSelection", "StartWindowHours")
    return lambda: backup.create_restore_testing_plan(RestoreTestingPlan={key: found[key] for key in keys})


SLIPS = [
    pytest.param(_gone(), "backup-vaults", marks=A42, id="no_vault"),
    pytest.param(_gone(COPIES), "backup-vaults", marks=A42, id="no_vault_for_copies"),
    pytest.param(_vault(locked=False), "backup-vaults", marks=A42, id="unlocked"),
    pytest.param(_vault(COPIES, locked=False), "backup-vaults", marks=A42, id="copies_unlocked"),
    pytest.param(_vault(min_retention_days=34), "backup-vaults", marks=A42, id="34_days"),
    pytest.param(_vault(lock_date=None), "backup-vaults", marks=A42, id="governance"),
    pytest.param(
        _vault(encryption_key_arn="arn:aws:kms:eu-west-1:222233334444:key/of-aws"),
        "backup-vaults",
        marks=A42,
        id="key_of_aws",
    ),
    pytest.param(without_policy, "backup-vault-policies", marks=pytest.mark.accepts("A3", "A42")),
    pytest.param(policy_that_allows_a_longer_list, "backup-vault-policies", marks=A42),
    pytest.param(without_plan, "backup-plan", marks=A42),
    pytest.param(_rule(TargetBackupVaultName="Default"), "backup-plan", marks=A42, id="another_vault"),
    pytest.param(_rule(Lifecycle={"DeleteAfterDays": 34}), "backup-plan", marks=A42, id="34_days_in_plan"),
    pytest.param(_rule(CopyActions=[]), "backup-plan", marks=A42, id="no_copy"),
    pytest.param(without_selection, "backup-selection", marks=A42),
    pytest.param(untagged, "backup-selection", marks=A42),
    pytest.param(without_restore_tests, "backup-restore-tests", marks=A43),
    pytest.param(
        _restored(vpcSecurityGroupIds='["sg-0"]'), "backup-restore-tests", marks=A43, id="another_group"
    ),
    pytest.param(
        _restored(dbSubnetGroupName="default"), "backup-restore-tests", marks=A43, id="other_subnets"
    ),
    pytest.param(validation_disabled, "backup-restore-tests", marks=A43),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_a_backup_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip, "backup")} == {slug}


def test_nothing_is_found_before(live: Live) -> None:
    assert [one for one in live.healthy if one.check.startswith("backup")] == []
