"""IAM: managed policies, the OIDC provider of GitHub, the account's password policy."""

from __future__ import annotations

import json

from sandbox.provider import tagging
from sandbox.provider.calls import Context
from sandbox.provider.conversions import properties
from sandbox.provider.rows import Call, Inputs, row


def read_policy(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the policy and the document of its default version."""
    found = context.send("iam.get_policy", {"PolicyArn": id_})["Policy"]
    version = {"PolicyArn": id_, "VersionId": found["DefaultVersionId"]}
    document = context.send("iam.get_policy_version", version)["PolicyVersion"]["Document"]
    return {
        "name": found["PolicyName"],
        "path": found["Path"],
        "description": found.get("Description"),
        "policy": json.dumps(document),
        "tagsAll": tagging.as_map(found.get("Tags")),
    }


def read_oidc_provider(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the provider; AWS keeps its URL without the scheme."""
    found = context.send("iam.get_open_id_connect_provider", {"OpenIDConnectProviderArn": id_})
    return {
        "url": f"https://{found['Url'].removeprefix('https://')}",
        "clientIdLists": found.get("ClientIDList", []),
        "thumbprintLists": found.get("ThumbprintList", []),
        "tagsAll": tagging.as_map(found.get("Tags")),
    }


def read_password_policy(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the account's password policy."""
    found = properties(context.send("iam.get_account_password_policy", {})["PasswordPolicy"])
    return {key: value for key, value in found.items() if key != "expirePasswords"}


def policy_version(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Create a version of a managed policy; the oldest of five is deleted first."""
    iam = context.client("iam")
    versions = iam.list_policy_versions(PolicyArn=id_)["Versions"]
    spare = [version["VersionId"] for version in versions if not version["IsDefaultVersion"]]
    if len(versions) >= 5:
        iam.delete_policy_version(PolicyArn=id_, VersionId=spare[-1])
    context.send(
        "iam.create_policy_version", {"PolicyArn": id_, "PolicyDocument": new["policy"], "SetAsDefault": True}
    )


def delete_policy(context: Context, id_: str, have: Inputs) -> None:
    """Delete the policy's other versions, then the policy."""
    iam = context.client("iam")
    for version in iam.list_policy_versions(PolicyArn=id_)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=id_, VersionId=version["VersionId"])
    context.send("iam.delete_policy", {"PolicyArn": id_})


row(
    "iam/policy:Policy",
    "iam.create_policy",
    id="Policy.Arn",
    read="get_policy(PolicyArn={id}).Policy",
    out="arn:Arn policyId:PolicyId",
    name="name",
    rename="name:PolicyName policy:PolicyDocument",
    skip="delayAfterPolicyCreationInMs",
    delete=delete_policy,
    reader=read_policy,
    defaults={"path": "/"},
    replace="name path description",
    change=policy_version,
    changes="policy",
)
row(
    "iam/openIdConnectProvider:OpenIdConnectProvider",
    "iam.create_open_id_connect_provider",
    id="OpenIDConnectProviderArn",
    read="get_open_id_connect_provider(OpenIDConnectProviderArn={id}).@",
    out="arn={id}",
    rename="clientIdLists:ClientIDList thumbprintLists:ThumbprintList",
    delete="delete_open_id_connect_provider(OpenIDConnectProviderArn={id})",
    reader=read_oidc_provider,
    computed="thumbprintLists",
    replace="url clientIdLists",
    update=(
        Call(
            "update_open_id_connect_provider_thumbprint",
            "OpenIDConnectProviderArn={id}",
            "thumbprintLists",
            "thumbprintLists:ThumbprintList",
        ),
    ),
)
row(
    "iam/accountPasswordPolicy:AccountPasswordPolicy",
    "iam.update_account_password_policy",
    id="'iam-account-password-policy'",
    put=True,
    delete="delete_account_password_policy()",
    reader=read_password_policy,
    defaults={"allowUsersToChangePassword": True, "minimumPasswordLength": 6},
    computed="hardExpiry maxPasswordAge passwordReusePrevention",
)
