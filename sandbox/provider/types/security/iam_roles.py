"""IAM: roles, their policies, and instance profiles."""

from __future__ import annotations

import json

from sandbox.provider import tagging
from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row


def role_parts(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Put the role's inline policies and attachments."""
    iam = context.client("iam")
    for policy in inputs.get("inlinePolicies", []):
        iam.put_role_policy(RoleName=id_, PolicyName=policy["name"], PolicyDocument=policy["policy"])
    for arn in inputs.get("managedPolicyArns", []):
        iam.attach_role_policy(RoleName=id_, PolicyArn=arn)
    return {}


def read_role(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the role; inline policies and attachments only where the role itself declares them."""
    iam = context.client("iam")
    found = context.send("iam.get_role", {"RoleName": id_})["Role"]
    inputs: Inputs = {
        "name": found["RoleName"],
        "path": found["Path"],
        "description": found.get("Description"),
        "assumeRolePolicy": json.dumps(found["AssumeRolePolicyDocument"]),
        "maxSessionDuration": found.get("MaxSessionDuration"),
        "permissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tagsAll": tagging.as_map(found.get("Tags")),
    }
    if "managedPolicyArns" in have:
        attached = iam.list_attached_role_policies(RoleName=id_)["AttachedPolicies"]
        inputs["managedPolicyArns"] = [one["PolicyArn"] for one in attached]
    if "inlinePolicies" in have:
        names = iam.list_role_policies(RoleName=id_)["PolicyNames"]
        inputs["inlinePolicies"] = [{"name": name, "policy": _inline(context, id_, name)} for name in names]
    return inputs


def _inline(context: Context, role: str, name: str) -> str:
    asked = {"RoleName": role, "PolicyName": name}
    return json.dumps(context.send("iam.get_role_policy", asked)["PolicyDocument"])


def read_role_policy(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the document of an inline policy."""
    role, name = have["role"], have["name"]
    return {"role": role, "name": name, "policy": _inline(context, role, name)}


def read_attachment(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Look for the policy among those that are attached to the role."""
    asked = {"RoleName": have["role"]}
    attached = context.send("iam.list_attached_role_policies", asked)["AttachedPolicies"]
    if have["policyArn"] not in [one["PolicyArn"] for one in attached]:
        return None
    return {"role": have["role"], "policyArn": have["policyArn"]}


def read_instance_profile(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the profile and its role."""
    found = context.send("iam.get_instance_profile", {"InstanceProfileName": id_})["InstanceProfile"]
    return {
        "name": id_,
        "path": found["Path"],
        "role": next((role["RoleName"] for role in found["Roles"]), None),
        "tagsAll": tagging.as_map(found.get("Tags")),
    }


def delete_role(context: Context, id_: str, have: Inputs) -> None:
    """Delete the role after its policies: AWS refuses otherwise."""
    iam = context.client("iam")
    for policy in iam.list_attached_role_policies(RoleName=id_)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=id_, PolicyArn=policy["PolicyArn"])
    for name in iam.list_role_policies(RoleName=id_)["PolicyNames"]:
        iam.delete_role_policy(RoleName=id_, PolicyName=name)
    iam.delete_role(RoleName=id_)


def delete_instance_profile(context: Context, id_: str, have: Inputs) -> None:
    """Remove the role from the profile, then delete the profile."""
    iam = context.client("iam")
    if have.get("role"):
        iam.remove_role_from_instance_profile(InstanceProfileName=id_, RoleName=have["role"])
    iam.delete_instance_profile(InstanceProfileName=id_)


row(
    "iam/role:Role",
    "iam.create_role",
    id="{name}",
    read="get_role(RoleName={id}).Role",
    out="arn:Arn uniqueId:RoleId",
    name="name",
    rename="name:RoleName assumeRolePolicy:AssumeRolePolicyDocument",
    skip="forceDetachPolicies",
    more=role_parts,
    delete=delete_role,
    reader=read_role,
    defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    replace="name path",
    parts="inlinePolicies managedPolicyArns",
    update=(
        Call(
            "update_assume_role_policy",
            "RoleName={id}",
            "assumeRolePolicy",
            "assumeRolePolicy:PolicyDocument",
        ),
        Call("update_role", "RoleName={id}", "description maxSessionDuration"),
        Call("put_role_permissions_boundary", "RoleName={id}", "permissionsBoundary"),
    ),
)
row(
    "iam/rolePolicy:RolePolicy",
    "iam.put_role_policy",
    id="{role}:{name}",
    read="get_role_policy(RoleName={role},PolicyName={name}).@",
    name="name",
    rename="role:RoleName name:PolicyName policy:PolicyDocument",
    put=True,
    delete="delete_role_policy(RoleName={role},PolicyName={name})",
    reader=read_role_policy,
    replace="name role",
)
row(
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    "iam.attach_role_policy",
    id="{role}/{policyArn}",
    read="list_attached_role_policies(RoleName={role}).AttachedPolicies[?PolicyArn=='{policyArn}']|[0]",
    rename="role:RoleName",
    delete="detach_role_policy(RoleName={role},PolicyArn={policyArn})",
    reader=read_attachment,
    replace="*",
)
row(
    "iam/instanceProfile:InstanceProfile",
    "iam.create_instance_profile",
    id="{name}",
    read="get_instance_profile(InstanceProfileName={id}).InstanceProfile",
    out="arn:Arn uniqueId:InstanceProfileId",
    name="name",
    rename="name:InstanceProfileName role:RoleName",
    after=(Call("add_role_to_instance_profile", "InstanceProfileName={id}", "role"),),
    delete=delete_instance_profile,
    reader=read_instance_profile,
    defaults={"path": "/"},
    replace="*",
)
