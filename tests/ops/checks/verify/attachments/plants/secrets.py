"""Changes by hand to KMS keys and secrets."""

from __future__ import annotations

from typing import Any

from tests.ops.checks.verify.attachments.plants.plant import (
    STRANGE_ROLE,
    Plant,
    added,
    allowing,
    answered,
    made,
)
from tests.ops.live import Live, Undo

KEY, SECRET = "aws:kms/key:Key", "aws:secretsmanager/secret:Secret"
JWT, URL = "aiponge/jwt-secret", "aiponge/database-url"


def key(live: Live) -> str:
    """The ARN of the secrets key."""
    return live.client("kms").describe_key(KeyId="alias/aiponge-secrets")["KeyMetadata"]["Arn"]


def _several_regions(live: Live) -> Undo:
    stored = live.backend("kms").keys[key(live).rpartition("/")[2]]
    replica = {"Arn": stored.arn, "Region": "eu-central-1"}
    stored.multi_region_configuration = {
        "MultiRegionKeyType": "PRIMARY",
        "PrimaryKey": {"Arn": stored.arn, "Region": "eu-west-1"},
        "ReplicaKeys": [replica],
    }
    stored.multi_region = True
    return lambda: setattr(stored, "multi_region", False)


def _replica(live: Live) -> Undo:
    store = live.client("secretsmanager")
    store.replicate_secret_to_regions(SecretId=JWT, AddReplicaRegions=[{"Region": "eu-central-1"}])
    return lambda: store.remove_regions_from_replication(SecretId=JWT, RemoveReplicaRegions=["eu-central-1"])


def _policy(live: Live) -> Undo:
    store = live.client("secretsmanager")
    before = store.get_resource_policy(SecretId=JWT)["ResourcePolicy"]
    after = added(before, allowing("secretsmanager:GetSecretValue"))
    store.put_resource_policy(SecretId=JWT, ResourcePolicy=after)
    return lambda: store.put_resource_policy(SecretId=JWT, ResourcePolicy=before)


def _rotation(live: Live) -> Undo:
    store = live.client("secretsmanager")
    before = store.describe_secret(SecretId=URL)
    store.cancel_rotate_secret(SecretId=URL)
    again: dict[str, Any] = {
        "SecretId": URL,
        "RotationLambdaARN": before["RotationLambdaARN"],
        "RotationRules": before["RotationRules"],
        "RotateImmediately": False,
    }
    return lambda: store.rotate_secret(**again)


def _label(live: Live) -> Undo:
    store = live.client("secretsmanager")
    version = next(iter(store.describe_secret(SecretId=JWT)["VersionIdsToStages"]))
    label = {"SecretId": JWT, "VersionStage": "KEPT"}
    store.update_secret_version_stage(**label, MoveToVersionId=version)
    return lambda: store.update_secret_version_stage(**label, RemoveFromVersionId=version)


PLANTS = (
    Plant(
        KEY,
        "grant",
        answered(
            "kms",
            "create_grant",
            "revoke_grant",
            "GrantId",
            "KeyId",
            KeyId=key,
            GranteePrincipal=STRANGE_ROLE,
            Operations=["Decrypt"],
        ),
        f"{STRANGE_ROLE} may Decrypt",
    ),
    Plant(
        KEY,
        "alias",
        made("kms", "create_alias", "delete_alias", "AliasName", AliasName="alias/other", TargetKeyId=key),
        "has the undeclared alias alias/other",
    ),
    Plant(KEY, "multi-Region replica", _several_regions, "has replicas in other regions: eu-central-1"),
    Plant(
        SECRET,
        "replica",
        _replica,
        "is replicated to eu-central-1",
    ),
    Plant(SECRET, "resource policy", _policy, f"names principals outside the account: {STRANGE_ROLE}"),
    Plant(SECRET, "rotation", _rotation, "its rotation was cancelled"),
    Plant(SECRET, "staging label", _label, "versions with undeclared labels: KEPT"),
)
