"""KMS: keys, their rotation, and aliases."""

from __future__ import annotations

from sandbox.provider import tagging
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
    elif answer == {}:  # an update
        kms.disable_key_rotation(KeyId=id_)
    if inputs.get("isEnabled") is False:
        kms.disable_key(KeyId=id_)
    elif answer == {}:
        kms.enable_key(KeyId=id_)
    return {}


def read_key(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the key, its policy and its rotation; one that waits for its deletion does not exist any more."""
    kms = context.client("kms")
    found = context.send("kms.describe_key", {"KeyId": id_})["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        return None
    rotation = kms.get_key_rotation_status(KeyId=id_)
    return {
        "description": found.get("Description"),
        "keyUsage": found.get("KeyUsage"),
        "customerMasterKeySpec": found.get("KeySpec"),
        "multiRegion": found.get("MultiRegion"),
        "isEnabled": found["Enabled"],
        "policy": kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"],
        "enableKeyRotation": rotation["KeyRotationEnabled"],
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "tagsAll": tagging.as_map(
            [
                {"Key": tag["TagKey"], "Value": tag["TagValue"]}
                for tag in kms.list_resource_tags(KeyId=id_)["Tags"]
            ]
        ),
    }


def read_alias(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Find the alias by name; the program may name its key by id or by ARN."""
    pages = context.client("kms").get_paginator("list_aliases").paginate()
    for found in (one for page in pages for one in page["Aliases"] if one["AliasName"] == id_):
        target, named = found["TargetKeyId"], str(have.get("targetKeyId", ""))
        same = named.rpartition("/")[2] == target
        return {"name": id_, "targetKeyId": named if same else target}
    return None


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
    rename="customerMasterKeySpec:KeySpec",
    more=key_parts,
    delete=forget_key,
    reader=read_key,
    defaults={
        "bypassPolicyLockoutSafetyCheck": False,
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "enableKeyRotation": False,
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
    },
    computed="multiRegion policy rotationPeriodInDays",
    skip="deletionWindowInDays bypassPolicyLockoutSafetyCheck",
    parts="isEnabled enableKeyRotation rotationPeriodInDays",
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
    reader=read_alias,
    replace="name",
    update=(Call("update_alias", "AliasName={id}", "targetKeyId"),),
)
