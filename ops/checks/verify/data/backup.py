"""Checks the backups: locked vaults, the plan and its copies, and what the plan selects."""

from __future__ import annotations

import json
from collections.abc import Iterator

from botocore.exceptions import ClientError

from iam_documents import Request, decide, document, parse
from ops.checks.verify.data.database import instance
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item, tags
from ops.core.session import error_code
from settings.schema.data import BackupSettings

REMOVALS = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:DeleteBackupVault")


def _declared(aws: AwsState) -> Iterator[BackupSettings]:
    """The declared backups; empty where the stack file has none."""
    if aws.settings.backup is not None:
        yield aws.settings.backup


def _places(aws: AwsState, backup: BackupSettings) -> Iterator[tuple[AwsState, str]]:
    """Each region that has a vault, with the vault's name in findings."""
    yield aws, aws.names.backup_vault
    if backup.copy_region is not None:
        yield aws.in_region(backup.copy_region), f"{aws.names.backup_vault} in {backup.copy_region}"


def _vault(place: AwsState) -> Item | None:
    found = place.list("backup", "list_backup_vaults", "BackupVaultList")
    return next((one for one in found if one["BackupVaultName"] == place.names.backup_vault), None)


@check("backup-vaults", "A42")
def vaults(aws: AwsState) -> Iterator[Problem]:
    """Each vault exists, its own key encrypts it, and its lock allows no shorter retention than declared."""
    for backup in _declared(aws):
        for place, called in _places(aws, backup):
            vault = _vault(place)
            if vault is None:
                yield Problem(called, "does not exist", BY_PROGRAM)
                continue
            if not place.is_key(vault.get("EncryptionKeyArn"), "backup"):
                yield Problem(called, f"is not encrypted with {aws.names.key_alias('backup')}", BY_PROGRAM)
            if vault.get("Locked") is not True:
                yield Problem(called, "has no vault lock", BY_PROGRAM)
                continue
            if vault.get("MinRetentionDays", 0) < backup.retention_days:
                days = vault.get("MinRetentionDays", 0)
                yield Problem(
                    called, f"its lock is for {days} days, declared are {backup.retention_days}", BY_PROGRAM
                )
            if backup.lock_mode == "COMPLIANCE" and vault.get("LockDate") is None:
                yield Problem(called, "its lock is in GOVERNANCE mode, not COMPLIANCE", BY_PROGRAM)


@check("backup-vault-policies", "A3", "A42")
def policies(aws: AwsState) -> Iterator[Problem]:
    """The policy of each vault denies the deletion of recovery points, except to administrators."""
    for backup in _declared(aws):
        for place, called in _places(aws, backup):
            vault = _vault(place)
            if vault is None:
                continue  # backup-vaults reports it
            policy = parse(_policy(place))
            somebody = aws.names.role_arn("somebody")
            for action in REMOVALS:
                request = Request(action, vault["BackupVaultArn"], somebody, {})
                if decide([policy], request, names_principal=True) != "explicitDeny":
                    yield Problem(called, f"its policy does not deny {action}", BY_PROGRAM)


def _policy(place: AwsState) -> str:
    try:
        answer = place.ask(
            "backup", "get_backup_vault_access_policy", BackupVaultName=place.names.backup_vault
        )
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return json.dumps(document())
        raise
    return answer["Policy"]


def _plan(aws: AwsState) -> Item | None:
    """The backup plan, with its identifier."""
    name = aws.names.part("daily")
    found = aws.list("backup", "list_backup_plans", "BackupPlansList")
    one = next((plan for plan in found if plan["BackupPlanName"] == name), None)
    if one is None:
        return None
    ident = one["BackupPlanId"]
    return {**aws.ask("backup", "get_backup_plan", BackupPlanId=ident)["BackupPlan"], "BackupPlanId": ident}


@check("backup-plan", "A42")
def plan(aws: AwsState) -> Iterator[Problem]:
    """The plan makes recovery points in the locked vault and copies of them, kept as long as declared."""
    for backup in _declared(aws):
        name, found = aws.names.part("daily"), _plan(aws)
        if found is None:
            yield Problem(name, "does not exist: there are no backups", BY_PROGRAM)
            continue
        rules = [one for one in found["Rules"] if one["TargetBackupVaultName"] == aws.names.backup_vault]
        if not rules:
            yield Problem(name, f"makes no recovery points in {aws.names.backup_vault}", BY_PROGRAM)
        for rule in rules:
            yield from _kept(name, rule, backup)
            copies = rule.get("CopyActions") or []
            if backup.copy_region is not None and not any(
                f":{backup.copy_region}:" in one["DestinationBackupVaultArn"] for one in copies
            ):
                yield Problem(name, f"copies no recovery point to {backup.copy_region}", BY_PROGRAM)
            for copy in copies:
                yield from _kept(f"{name}, its copies", copy, backup)


def _kept(called: str, rule: Item, backup: BackupSettings) -> Iterator[Problem]:
    days = (rule.get("Lifecycle") or {}).get("DeleteAfterDays")
    if days is not None and days < backup.retention_days:
        yield Problem(
            called, f"keeps recovery points {days} days, declared are {backup.retention_days}", BY_PROGRAM
        )


@check("backup-selection", "A42")
def selection(aws: AwsState) -> Iterator[Problem]:
    """The plan selects a tag, and the database has it."""
    for _ in _declared(aws):
        found, (key, value) = _plan(aws), aws.names.backup_tag
        if found is None:
            continue  # backup-plan reports it
        ident = found["BackupPlanId"]
        wanted = {"ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": value}
        selected = False
        for one in aws.list("backup", "list_backup_selections", "BackupSelectionsList", BackupPlanId=ident):
            answer = aws.ask(
                "backup", "get_backup_selection", BackupPlanId=ident, SelectionId=one["SelectionId"]
            )
            selected |= wanted in (answer["BackupSelection"].get("ListOfTags") or [])
        if not selected:
            yield Problem(aws.names.part("daily"), f"selects nothing with the tag {key}={value}", BY_PROGRAM)
        database = instance(aws)
        if database is not None and tags(database).get(key) != value:
            yield Problem(
                database["DBInstanceIdentifier"],
                f"has no tag {key}={value}, so the backup plan leaves it out",
                BY_PROGRAM,
            )
