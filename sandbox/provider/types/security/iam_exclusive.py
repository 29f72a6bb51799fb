"""IAM: the exclusive lists of a role's inline policies and attachments."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, Row, Stays, made_again, row

KEPT = Stays("only the resource that lists the policies goes: the policies have resources of their own")


def only_policies(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Remove every inline policy that is not listed."""
    iam, role = context.client("iam"), inputs["roleName"]
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        if name not in inputs.get("policyNames", []):
            iam.delete_role_policy(RoleName=role, PolicyName=name)
    return role, {}


def read_only_policies(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the names of the role's inline policies."""
    names = context.send("iam.list_role_policies", {"RoleName": id_})["PolicyNames"]
    return {"roleName": id_, "policyNames": names}


def only_attachments(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Detach every managed policy that is not listed."""
    iam, role = context.client("iam"), inputs["roleName"]
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        if policy["PolicyArn"] not in inputs.get("policyArns", []):
            iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
    return role, {}


def read_only_attachments(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the ARNs of the policies that are attached to the role."""
    found = context.send("iam.list_attached_role_policies", {"RoleName": id_})["AttachedPolicies"]
    return {"roleName": id_, "policyArns": [one["PolicyArn"] for one in found]}


row(
    "iam/rolePoliciesExclusive:RolePoliciesExclusive",
    "iam.list_role_policies",
    make=only_policies,
    reader=read_only_policies,
    import_id="{roleName}",
    delete=KEPT,
    change=made_again(only_policies),
    changes="policyNames",
    replace="roleName",
    tags="none",
)
row(
    "iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "iam.list_attached_role_policies",
    make=only_attachments,
    reader=read_only_attachments,
    import_id="{roleName}",
    delete=KEPT,
    change=made_again(only_attachments),
    changes="policyArns",
    replace="roleName",
    tags="none",
)
