"""Attachments of IAM roles, instance profiles, managed policies and GitHub's identity provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iam_documents import github, statements
from ops.checks.verify.attachments.audit_resources import identity_providers, policies, roles
from ops.checks.verify.attachments.declared_roles import GITHUB, declared_role, matches
from ops.checks.verify.attachments.resources import own_account
from ops.checks.verify.attachments.row import Checked, Nothing, Read, Resource, Row, described, itself
from ops.core.aws_state import AwsState, Item

_IDENTITY_CENTER = ("AWSSSO_",)
"""The SAML provider that IAM Identity Center creates in every account."""


def _inline(aws: AwsState, role: Resource, policy: Item) -> str | None:
    declared, name = declared_role(aws.names, role.params["RoleName"]), policy["PolicyName"]
    if declared is None or matches(name, declared.inline):
        return None
    return f"has the undeclared policy {name}"


def _attached(aws: AwsState, role: Resource, policy: Item) -> str | None:
    declared, arn = declared_role(aws.names, role.params["RoleName"]), policy["PolicyArn"]
    if declared is None or matches(arn, declared.attached):
        return None
    return f"has the undeclared managed policy {arn}"


def _boundary(aws: AwsState, role: Resource, item: Item) -> str | None:
    declared = declared_role(aws.names, role.params["RoleName"])
    arn = str((item.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn") or "")
    if declared is None or arn.rpartition("/")[2] == (declared.boundary or ""):
        return None
    wanted = declared.boundary or "none"
    return f"its permissions boundary is {arn or 'none'}, declared is {wanted}"


def _trust(aws: AwsState, role: Resource, document: Item) -> str | None:
    declared = declared_role(aws.names, role.params["RoleName"])
    if declared is None:
        return None
    wanted = _github(aws) if declared.trusts == GITHUB else declared.trusts
    others = [
        who
        for one in statements(document)
        if one.effect == "Allow"
        for who in one.principals.all
        if who != wanted
    ]
    return f"may be assumed by {', '.join(others)}, declared is {wanted} alone" if others else None


def _github(aws: AwsState) -> str:
    delivery = aws.settings.delivery
    given = delivery.oidc_provider_arn if delivery else None
    return given or github.provider_arn(aws.settings.account_id)


def _profile(aws: AwsState, role: Resource, profile: Item) -> str | None:
    name, host = profile["InstanceProfileName"], aws.names.host_role
    if role.params["RoleName"] == host == name:
        return None
    return f"is in the undeclared instance profile {name}, which gives it to instances"


def _versions(aws: AwsState, policy: Resource, version: Item) -> str | None:
    default = int(str(policy.item["DefaultVersionId"]).removeprefix("v"))
    if int(str(version["VersionId"]).removeprefix("v")) <= default:
        return None
    return f"has the version {version['VersionId']}, which is newer than its default"


def _holders(aws: AwsState, policy: Resource) -> Iterator[str]:
    """The roles, users and groups that have the policy."""
    wanted = ["Role", "LocalManagedPolicy"]
    arn = policy.item["Arn"]
    answer = aws.list("iam", "get_account_authorization_details", "RoleDetailList", Filter=wanted)
    for one in answer:
        if arn in {each["PolicyArn"] for each in one.get("AttachedManagedPolicies", [])}:
            yield f"role {one['RoleName']}"
    for member in ("PolicyUsers", "PolicyGroups"):
        kind = member.removeprefix("Policy").removesuffix("s")
        for one in aws.list("iam", "list_entities_for_policy", member, PolicyArn=arn):
            yield f"{kind.lower()} {one[f'{kind}Name']}"


def _holder(aws: AwsState, policy: Resource, who: str) -> str | None:
    return None if who == f"role {aws.names.deploy_role}" else f"is attached to {who}"


def _clients(aws: AwsState, provider: Resource) -> Iterator[str]:
    arn = provider.item["Arn"]
    yield from aws.ask("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn)["ClientIDList"]


def _client(aws: AwsState, provider: Resource, name: str) -> str | None:
    return None if name == github.AUDIENCE else f"accepts tokens for the undeclared audience {name}"


def _providers(aws: AwsState, _: Resource) -> Iterator[str]:
    for call, member in (
        ("list_open_id_connect_providers", "OpenIDConnectProviderList"),
        ("list_saml_providers", "SAMLProviderList"),
    ):
        yield from (one["Arn"] for one in aws.ask("iam", call)[member])


def _provider(aws: AwsState, _: Resource, arn: str) -> str | None:
    if arn == _github(aws) or arn.rpartition("/")[2].startswith(_IDENTITY_CENTER):
        return None
    return f"the undeclared identity provider {arn} may name users of the account"


_LOOSE = "delete it, then run `pulumi up --refresh`, and find out in the trail who used the role"

ROWS: Mapping[str, Sequence[Row]] = {
    "aws:iam/role:Role": (
        Read("inline policy", roles, described("RolePolicyList"), _inline, _LOOSE),
        Read(
            "managed policy",
            roles,
            described("AttachedManagedPolicies"),
            _attached,
            "detach it with `aws iam detach-role-policy`, and find out in the trail who used the role",
        ),
        Read("permissions boundary", roles, itself, _boundary, "run `pulumi up --refresh`"),
        Read(
            "trust",
            roles,
            described("AssumeRolePolicyDocument"),
            _trust,
            "run `pulumi up --refresh`, and find out in the trail who assumed the role",
        ),
        Read(
            "instance profile",
            roles,
            described("InstanceProfileList"),
            _profile,
            "take the role out with `aws iam remove-role-from-instance-profile`",
        ),
    ),
    "aws:iam/policy:Policy": (
        Read(
            "version",
            policies,
            described("PolicyVersionList"),
            _versions,
            "delete it with `aws iam delete-policy-version`",
        ),
        Read(
            "holder",
            policies,
            _holders,
            _holder,
            "detach it with `aws iam detach-role-policy`, `detach-user-policy` or `detach-group-policy`",
        ),
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": (
        Read(
            "audience",
            identity_providers,
            _clients,
            _client,
            "remove it with `aws iam remove-client-id-from-open-id-connect-provider`",
        ),
        Read(
            "other identity provider",
            own_account,
            _providers,
            _provider,
            "delete it with `aws iam delete-open-id-connect-provider` or `aws iam delete-saml-provider`",
        ),
    ),
    "aws:iam/instanceProfile:InstanceProfile": (Checked("other role", "attached-iam"),),
    "aws:iam/rolePolicy:RolePolicy": (Nothing("it is a part of the role"),),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (Nothing("it is attached to the role"),),
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": (Nothing("it is no resource of AWS"),),
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": (
        Nothing("it is no resource of AWS"),
    ),
}
