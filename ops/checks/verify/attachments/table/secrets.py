"""Attachments of KMS keys and of secrets in Secrets Manager."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ops.checks.verify.attachments.outsiders import grant_of_others, outsiders
from ops.checks.verify.attachments.resources import keys, secrets
from ops.checks.verify.attachments.row import (
    Checked,
    Nothing,
    Read,
    Resource,
    Row,
    always,
    asked,
    described,
    itself,
    listed,
)
from ops.checks.verify.secrets.keys import key_arns
from ops.core.aws_state import AwsState, Item
from settings.grants import entries

_STAGES = {"AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"}


def _alias(aws: AwsState, key: Resource, alias: Item) -> str | None:
    id_ = str(key.params["KeyId"]).rpartition("/")[2]
    if alias.get("TargetKeyId") != id_ or alias["AliasName"] in map(aws.names.key_alias, key_arns(aws)):
        return None
    return f"has the undeclared alias {alias['AliasName']}"


def _multi_region(aws: AwsState, key: Resource, item: Item) -> str | None:
    if not item.get("MultiRegion"):
        return None
    replicas = [one["Region"] for one in (item.get("MultiRegionConfiguration") or {}).get("ReplicaKeys", [])]
    return f"has replicas in other regions: {', '.join(replicas) or 'none yet'}"


def _policy(aws: AwsState, secret: Resource, text: str) -> str | None:
    who = outsiders(text, aws.settings.account_id)
    return f"its resource policy names principals outside the account: {', '.join(who)}" if who else None


def _rotation(aws: AwsState, secret: Resource, item: Item) -> str | None:
    function, on = str(item.get("RotationLambdaARN") or ""), bool(item.get("RotationEnabled"))
    declared = {entry.store_name: entry for entry in entries(aws.settings)}.get(secret.name)
    if declared is None:  # the master secret, which RDS rotates without a function
        return f"the function {function} rotates it instead of RDS" if function else None
    if not declared.secret.rotated_by_function or declared.holds != "current":
        return f"is rotated by {function or 'AWS'}, and declares no rotation" if on or function else None
    own = f":function:{aws.names.rotation_role}"
    if not on:
        return "its rotation was cancelled"
    return None if function.endswith(own) else f"is rotated by {function}, not by {aws.names.rotation_role}"


def _labels(aws: AwsState, secret: Resource, item: Item) -> str | None:
    labels = {label for stages in (item.get("VersionIdsToStages") or {}).values() for label in stages}
    extra = sorted(labels - _STAGES)
    return f"has versions with undeclared labels: {', '.join(extra)}" if extra else None


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:kms/key:Key": (
        Read(
            "grant",
            keys,
            listed("kms:ListGrants", "Grants"),
            lambda aws, key, grant: grant_of_others(aws, grant),
            "revoke it with `aws kms revoke-grant`, and find out in the trail who created it and who used it",
        ),
        Read(
            "alias",
            keys,
            listed("kms:ListAliases", "Aliases"),
            _alias,
            "delete it with `aws kms delete-alias`",
        ),
        Read(
            "multi-Region replica",
            keys,
            itself,
            _multi_region,
            "delete the replicas, re-encrypt with a key of one region, and replace this one",
        ),
        Checked("key policy", "keys-policy"),
        Checked("deletion or deactivation", "keys-present"),
        Checked("rotation of the key material", "keys-rotate"),
    ),
    "aws:kms/alias:Alias": (Checked("another key", "keys-present"),),
    "aws:secretsmanager/secret:Secret": (
        Read(
            "replica",
            secrets,
            described("ReplicationStatus"),
            always("is replicated to {Region}, under the key {KmsKeyId}"),
            "remove it with `aws secretsmanager remove-regions-from-replication`, then rotate the secret",
        ),
        Read(
            "resource policy",
            secrets,
            asked("secretsmanager:GetResourcePolicy", "ResourcePolicy"),
            _policy,
            "run `pulumi up --refresh`, then rotate the secret",
        ),
        Read(
            "rotation",
            secrets,
            itself,
            _rotation,
            "run `pulumi up --refresh`; rotate the secret where a foreign function read it",
        ),
        Read(
            "staging label",
            secrets,
            itself,
            _labels,
            "remove it with `aws secretsmanager update-secret-version-stage`",
        ),
        Checked("readers by policies of roles", "grants-readers"),
        Checked("denial in the resource policy", "grants-policy"),
        Checked("deletion", "secrets-inventory"),
        Checked("pending version", "secrets-pending"),
        Checked("key", "secrets-key"),
    ),
    "aws:secretsmanager/secretPolicy:SecretPolicy": (Nothing("it is a part of the secret"),),
    "aws:secretsmanager/secretRotation:SecretRotation": (Nothing("it is a part of the secret"),),
    "aws:secretsmanager/secretVersion:SecretVersion": (Nothing("it is a part of the secret"),),
}
