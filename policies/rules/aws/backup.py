"""AWS Backup: plans with copies, locked vaults, encryption and restore testing."""

from __future__ import annotations

from rules.lib.resource_types import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BACKUP_VAULT,
    BACKUP_VAULT_LOCK,
    EBS_VOLUME,
    RDS_INSTANCE,
    RESTORE_TESTING_PLAN,
    RESTORE_TESTING_SELECTION,
)
from rules.pack.graph import Stack
from rules.pack.properties import is_set, own_key, part, parts, text
from rules.pack.rule import M, P, Resource, resource_rule, stack_rule


def in_backup_plan(one: Resource, stack: Stack) -> bool:
    """Whether a backup selection includes a resource, by ARN or by tag."""
    tags = {**part(one.props, "tags"), **part(one.props, "tagsAll")}
    return bool(stack.referrers(one, BACKUP_SELECTION, "resources")) or any(
        tags.get(key) == value for key, value in stack.once("selected tags", _selected_tags)
    )


def _selected_tags(stack: Stack) -> set[tuple[str, str]]:
    selections = stack.all(BACKUP_SELECTION)
    tags = [tag for selection in selections for tag in parts(selection.props, "selectionTags")]
    return {(text(tag, "key"), text(tag, "value")) for tag in tags}


_PROTECTED = {RDS_INSTANCE: "RDS", EBS_VOLUME: "EBS"}


def _planned(stack: Stack) -> bool:
    return not stack.all(*_PROTECTED) or any(
        stack.referrers(plan, BACKUP_SELECTION, "planId") for plan in stack.all(BACKUP_PLAN)
    )


def _tested(one: Resource, stack: Stack) -> bool:
    return _PROTECTED[one.type] in stack.once("restored", _restored)


def _restored(stack: Stack) -> set[str]:
    """The kinds of resource that make backups retained, copied, locked and tested."""
    rules = [rule for plan in stack.all(BACKUP_PLAN) for rule in parts(plan.props, "rules")]
    kept = any(is_set(rule, "lifecycle") for rule in rules) and any(
        is_set(rule, "copyActions") for rule in rules
    )
    if not (kept and stack.all(BACKUP_VAULT_LOCK)):
        return set()
    return {
        text(selection.props, "protectedResourceType")
        for plan in stack.all(RESTORE_TESTING_PLAN)
        for selection in stack.referrers(plan, RESTORE_TESTING_SELECTION, "restoreTestingPlanName")
    }


RULES = [
    resource_rule(
        "backup-vault-cmk",
        M,
        BACKUP_VAULT,
        "A backup vault is encrypted with a customer managed key.",
        "set kms_key_arn",
        holds=lambda vault: own_key(vault, "kmsKeyArn"),
    ),
    stack_rule(
        "backup-plan-exists",
        P,
        (),
        "A stack with a data store has a backup plan and a selection.",
        "add a plan and a selection",
        stack_holds=_planned,
        requirements=("A42",),
    ),
    stack_rule(
        "own-backup-tested",
        P,
        tuple(_PROTECTED),
        "Backups have a retention, a copy and a vault lock, and their restore is tested.",
        "add lifecycle and copy_actions to the plan, a vault lock, a restore testing plan and a selection",
        holds=_tested,
        requirements=("A43",),
    ),
]
