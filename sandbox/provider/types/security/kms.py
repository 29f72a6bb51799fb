"""KMS: keys, their rotation, and aliases."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row


def key_parts(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Rotation and the enabled state each need a call of their own."""
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
    """Schedule the deletion: KMS never deletes a key at once."""
    days = int(have.get("deletionWindowInDays") or 30)
    context.send("kms.schedule_key_deletion", {"KeyId": id_, "PendingWindowInDays": days})


def alias(context: Context, inputs: Inputs) -> Inputs:
    """An alias has the prefix in AWS."""
    return {**inputs, "name": "alias/" + inputs["name"].removeprefix("alias/")}


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
    keeps="the rotation period of a key",
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
