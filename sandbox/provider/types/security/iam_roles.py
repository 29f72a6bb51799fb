"""IAM: roles, their policies, and instance profiles."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, Row, row


def role_parts(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Put the role's inline policies and attachments."""
    iam = context.client("iam")
    for policy in inputs.get("inlinePolicies", []):
        iam.put_role_policy(RoleName=id_, PolicyName=policy["name"], PolicyDocument=policy["policy"])
    for arn in inputs.get("managedPolicyArns", []):
        iam.attach_role_policy(RoleName=id_, PolicyArn=arn)
    return {}


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


def only_policies(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Remove every inline policy that is not listed."""
    iam, role = context.client("iam"), inputs["roleName"]
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        if name not in inputs.get("policyNames", []):
            iam.delete_role_policy(RoleName=role, PolicyName=name)
    return role, {}


def only_policies_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Remove the policies that the new list lacks."""
    only_policies(context, Row("", ""), new)


def only_attachments(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Detach every managed policy that is not listed."""
    iam, role = context.client("iam"), inputs["roleName"]
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        if policy["PolicyArn"] not in inputs.get("policyArns", []):
            iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
    return role, {}


def only_attachments_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Detach the policies that the new list lacks."""
    only_attachments(context, Row("", ""), new)


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
    replace="name role",
)
row(
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    "iam.attach_role_policy",
    id="{role}/{policyArn}",
    read="list_attached_role_policies(RoleName={role}).AttachedPolicies[?PolicyArn=='{policyArn}']|[0]",
    rename="role:RoleName",
    delete="detach_role_policy(RoleName={role},PolicyArn={policyArn})",
    replace="*",
)
row(
    "iam/rolePoliciesExclusive:RolePoliciesExclusive",
    "iam.list_role_policies",
    make=only_policies,
    change=only_policies_change,
    changes="policyNames",
    replace="roleName",
    tags="none",
)
row(
    "iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "iam.list_attached_role_policies",
    make=only_attachments,
    change=only_attachments_change,
    changes="policyArns",
    replace="roleName",
    tags="none",
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
    replace="*",
)
