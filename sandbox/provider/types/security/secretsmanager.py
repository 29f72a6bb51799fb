"""Secrets Manager: secrets, versions, policies and rotations."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row

SHORTEST_RECOVERY_DAYS = 7


def forget_secret(context: Context, id_: str, have: Inputs) -> None:
    """Delete after the recovery window, or at once where the stack says 0."""
    days = int(have.get("recoveryWindowInDays", 30))
    window = (
        {"RecoveryWindowInDays": max(days, SHORTEST_RECOVERY_DAYS)}
        if days
        else {"ForceDeleteWithoutRecovery": True}
    )
    context.send("secretsmanager.delete_secret", {"SecretId": id_, **window})


row(
    "secretsmanager/secret:Secret",
    "secretsmanager.create_secret",
    id="ARN",
    read="describe_secret(SecretId={id}).@",
    out="arn:ARN",
    name="name",
    rename="replicas:AddReplicaRegions policy:ResourcePolicy",
    skip="recoveryWindowInDays",
    after=(Call("put_resource_policy", "SecretId={id}", "policy"),),
    delete=forget_secret,
    replace="name",
    update=(Call("update_secret", "SecretId={id}", "description kmsKeyId"),),
)
row(
    "secretsmanager/secretVersion:SecretVersion",
    "secretsmanager.put_secret_value",
    id="join('|',[ARN,VersionId])",
    read="list_secret_version_ids(SecretId={secretId}).Versions[-1]",
    out="versionId:VersionId arn={secretId}",
    rename="secretStringWo:SecretString",
    skip="secretStringWoVersion",
    replace="*",
)
row(
    "secretsmanager/secretPolicy:SecretPolicy",
    "secretsmanager.put_resource_policy",
    id="{secretArn}",
    read="get_resource_policy(SecretId={secretArn}).@",
    rename="secretArn:SecretId policy:ResourcePolicy",
    put=True,
    replace="secretArn",
    delete="delete_resource_policy(SecretId={secretArn})",
)
row(
    "secretsmanager/secretRotation:SecretRotation",
    "secretsmanager.rotate_secret",
    id="ARN",
    read="describe_secret(SecretId={secretId}).@",
    out="rotationEnabled:RotationEnabled",
    put=True,
    replace="secretId",
    delete="cancel_rotate_secret(SecretId={secretId})",
    keeps="the staging labels and rotation of a secret",
)
