"""Keys, secrets and parameters: what the rest is encrypted with, and what must never be seen."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row

SHORTEST_RECOVERY_DAYS = 7


def key_parts(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Rotation and the enabled state are calls of their own."""
    kms = context.client("kms")
    if inputs.get("enableKeyRotation"):
        days = (
            {"RotationPeriodInDays": int(inputs["rotationPeriodInDays"])}
            if "rotationPeriodInDays" in inputs
            else {}
        )
        kms.enable_key_rotation(KeyId=id_, **days)
    elif answer == {} and inputs.get("enableKeyRotation") is False:
        kms.disable_key_rotation(KeyId=id_)
    if inputs.get("isEnabled") is False:
        kms.disable_key(KeyId=id_)
    return {}


def forget_key(context: Context, id_: str, have: Inputs) -> None:
    """A key is never deleted at once."""
    days = int(have.get("deletionWindowInDays") or 30)
    context.send("kms.schedule_key_deletion", {"KeyId": id_, "PendingWindowInDays": days})


def forget_secret(context: Context, id_: str, have: Inputs) -> None:
    """After the recovery window, or at once where the stack says 0."""
    days = int(have.get("recoveryWindowInDays", 30))
    window = (
        {"RecoveryWindowInDays": max(days, SHORTEST_RECOVERY_DAYS)}
        if days
        else {"ForceDeleteWithoutRecovery": True}
    )
    context.send("secretsmanager.delete_secret", {"SecretId": id_, **window})


def alias(context: Context, inputs: Inputs) -> Inputs:
    """The prefix is part of the name in AWS."""
    return {**inputs, "name": "alias/" + inputs["name"].removeprefix("alias/")}


def parameter(context: Context, inputs: Inputs) -> Inputs:
    """AWS refuses tags together with overwrite."""
    return {key: value for key, value in inputs.items() if key != "overwrite"}


def overwrite_parameter(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Always with the key: without it the value would move to the account's default key."""
    kept = (
        "name",
        "type",
        "value",
        "insecureValue",
        "valueWo",
        "keyId",
        "description",
        "tier",
        "allowedPattern",
        "dataType",
    )
    body = {key: new[key] for key in kept if key in new}
    context.call("ssm.put_parameter", body, "insecureValue:Value valueWo:Value", {"Overwrite": True})


row(
    "kms/key:Key",
    "kms.create_key",
    id="KeyMetadata.KeyId",
    read="describe_key(KeyId={id}).KeyMetadata",
    out="arn:Arn keyId:KeyId",
    rename="customerMasterKeySpec:KeySpec bypassPolicyLockoutSafetyCheck:-",
    more=key_parts,
    delete=forget_key,
    parts="deletionWindowInDays isEnabled enableKeyRotation rotationPeriodInDays",
    update=(
        Call("put_key_policy", "KeyId={id},PolicyName=default", "policy"),
        Call("update_key_description", "KeyId={id}", "description"),
    ),
    replace="keyUsage customerMasterKeySpec multiRegion",
    keeps="how often a key rotates",
)
row(
    "kms/alias:Alias",
    "kms.create_alias",
    id="{name}",
    read="list_aliases(KeyId={targetKeyId}).Aliases[?AliasName=='{id}']|[0]",
    out="arn:AliasArn targetKeyArn=arn:{p}:kms:{r}:{a}:key/{targetKeyId}",
    name="name",
    rename="name:AliasName",
    pre=alias,
    delete="delete_alias(AliasName={id})",
    replace="name",
    update=(Call("update_alias", "AliasName={id}", "targetKeyId"),),
)
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
    keeps="the stages of a secret's versions; the rotation runs here",
)
row(
    "ssm/parameter:Parameter",
    "ssm.put_parameter",
    id="{name}",
    read="get_parameter(Name={id}).Parameter",
    out="arn:ARN version:Version dataType:DataType",
    name="name",
    rename="insecureValue:Value valueWo:Value",
    skip="valueWoVersion arn",
    pre=parameter,
    delete="delete_parameter(Name={id})",
    replace="name type",
    change=overwrite_parameter,
    changes="*",
    volatile="version",
)
