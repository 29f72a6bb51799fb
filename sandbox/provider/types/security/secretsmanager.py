"""Secrets Manager: secrets, versions, policies and rotations."""

from __future__ import annotations

from sandbox.provider import tagging
from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, Stays, row

SHORTEST_RECOVERY_DAYS = 7


def read_secret(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read description, key and tags; a secret that waits for its deletion does not exist any more."""
    found = context.send("secretsmanager.describe_secret", {"SecretId": id_})
    if found.get("DeletedDate"):
        return None
    inputs: Inputs = {
        "id": found["ARN"],
        "name": found["Name"],
        "description": found.get("Description"),
        "kmsKeyId": found.get("KmsKeyId"),
        "tagsAll": tagging.as_map(found.get("Tags")),
    }
    return {**inputs, **({"policy": _policy(context, id_)} if "policy" in have else {})}


def _policy(context: Context, secret: str) -> str | None:
    return context.send("secretsmanager.get_resource_policy", {"SecretId": secret}).get("ResourcePolicy")


def read_secret_policy(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the secret's policy."""
    policy = _policy(context, have["secretArn"])
    return {"secretArn": have["secretArn"], "policy": policy} if policy else None


def read_secret_version(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the value of this version, whatever its labels are now."""
    secret, _, version = id_.rpartition("|")
    found = context.send("secretsmanager.get_secret_value", {"SecretId": secret, "VersionId": version})
    key = "secretStringWo" if "secretStringWo" in have else "secretString"
    return {"secretId": have.get("secretId", secret), key: found.get("SecretString")}


def read_secret_rotation(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read function and days of the rotation; None where the secret is not rotated."""
    found = context.send("secretsmanager.describe_secret", {"SecretId": have["secretId"]})
    if not found.get("RotationEnabled"):
        return None
    days = found.get("RotationRules", {}).get("AutomaticallyAfterDays")
    rules = {**(have.get("rotationRules") or {}), **({"automaticallyAfterDays": days} if days else {})}
    return {
        "secretId": have["secretId"],
        "rotationLambdaArn": found.get("RotationLambdaARN"),
        "rotationRules": rules,
    }


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
    reader=read_secret,
    import_id="{id}",
    defaults={"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30},
    computed="policy",
    replace="name",
    update=(Call("update_secret", "SecretId={id}", "description kmsKeyId"),),
)
row(
    "secretsmanager/secretVersion:SecretVersion",
    "secretsmanager.put_secret_value",
    id="join('|',[ARN,VersionId])",
    read="list_secret_version_ids(SecretId={secretId},IncludeDeprecated=true).Versions[?VersionId=='{versionId}']|[0]",
    out="versionId:VersionId versionStages:VersionStages arn={secretId}",
    rename="secretStringWo:SecretString",
    skip="secretStringWoVersion",
    reader=read_secret_version,
    import_id="{secretId}|{versionId}",
    secret="secretBinary secretString secretStringWo",
    delete=Stays("AWS removes a version's last label only together with the secret"),
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
    reader=read_secret_policy,
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
    reader=read_secret_rotation,
    import_id="{secretId}",
    keeps="the staging labels and rotation of a secret",
)
