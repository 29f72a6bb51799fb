"""Checks that exactly the declared readers can read a secret, by evaluating the policies of every role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from iam_documents import Document, Request, allow, document, may, may_use_key, parse
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.checks.verify.secrets.keys import key_policy
from ops.checks.verify.secrets.secrets import present
from ops.core.aws_state import AwsState
from settings.administrators import is_administrator
from settings.grants import entry_roles

READ, DECRYPT = "secretsmanager:GetSecretValue", "kms:Decrypt"
EVERYTHING = document(allow("*", "*"))


@dataclass(frozen=True)
class Role:
    """A role with its identity policies and permissions boundary."""

    name: str
    arn: str
    policies: tuple[Document, ...]
    boundary: Document | None = None


def roles(aws: AwsState) -> list[Role]:
    """Every role of the account."""
    wanted = ["Role", "LocalManagedPolicy"]
    member, details = "RoleDetailList", "get_account_authorization_details"
    local = {one["Arn"]: _default_version(one) for one in aws.list("iam", details, "Policies", Filter=wanted)}

    def managed(arn: str) -> Document:
        return local[arn] if arn in local else _fetched(aws, arn)

    return [
        Role(
            name=one["RoleName"],
            arn=one["Arn"],
            policies=(
                *(parse(policy["PolicyDocument"]) for policy in one.get("RolePolicyList", [])),
                *(managed(policy["PolicyArn"]) for policy in one.get("AttachedManagedPolicies", [])),
            ),
            boundary=managed(arn)
            if (arn := (one.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"))
            else None,
        )
        for one in aws.list("iam", details, member, Filter=wanted)
    ]


@check("grants-readers", "A3", "A7", "A15", "A31")
def readers(aws: AwsState) -> Iterator[Problem]:
    """The roles that can read a secret are its declared readers, and administrators."""
    everyone = roles(aws)
    for name, (entry, secret) in present(aws).items():
        declared = set(entry_roles(aws.settings, entry))
        can = {role.name for role in everyone if _reads(aws, role, secret) and not administers(aws, role)}
        for role in sorted(can - declared):
            problem = f"role {role} can read it and is not a declared reader"
            yield Problem(name, problem, "remove this permission, or declare the reader")
        for role in sorted(declared - can):
            yield Problem(name, f"its declared reader {role} cannot read it", BY_PROGRAM)


@check("grants-decrypt", "A3", "A7")
def decrypt(aws: AwsState) -> Iterator[Problem]:
    """Except administrators, roles may decrypt with the secrets key only for secrets that they may read."""
    arn = aws.key_arns.get("secrets")
    if arn is None:
        return
    policy = key_policy(aws, arn)
    secrets = present(aws)
    for role in roles(aws):
        if administers(aws, role):
            continue
        asks = partial(may_use_key, identity=role.policies, key_policy=policy, boundary=role.boundary)
        if asks(Request(DECRYPT, arn, role.arn)):
            yield Problem(
                f"role {role.name}",
                "may decrypt with the secrets key outside Secrets Manager and Parameter Store",
                "remove this permission",
            )
            continue
        for name, (entry, secret) in secrets.items():
            if role.name not in entry_roles(aws.settings, entry) and asks(_decrypt(aws, arn, role, secret)):
                yield Problem(
                    f"role {role.name}",
                    f"may decrypt {name} and is not a declared reader",
                    "restrict it to its secrets by kms:EncryptionContext in the condition",
                )


@check("grants-policy", "A3")
def secret_policies(aws: AwsState) -> Iterator[Problem]:
    """The policy of a secret denies access even to roles with full permissions, except administrators."""
    account = aws.settings.account_id
    stranger = f"arn:aws:iam::{account}:role/stranger-with-every-right"
    for name, (_, secret) in present(aws).items():
        policy = _policy(aws, secret)
        if policy is None:
            yield Problem(name, "has no resource policy", BY_PROGRAM)
            continue
        for action in (READ, "secretsmanager:PutSecretValue", "secretsmanager:PutResourcePolicy"):
            if may(Request(action, secret["ARN"], stranger), [EVERYTHING], resource=policy):
                problem = f"its resource policy does not deny {action} to undeclared roles"
                yield Problem(name, problem, BY_PROGRAM)
        for pattern in aws.settings.administrators:
            administrator = pattern.replace("*", "x").replace("?", "x")
            if not may(
                Request("secretsmanager:PutResourcePolicy", secret["ARN"], administrator),
                [EVERYTHING],
                resource=policy,
            ):
                yield Problem(name, f"its resource policy denies administrator {pattern}", BY_PROGRAM)


def _reads(aws: AwsState, role: Role, secret: Mapping[str, Any]) -> bool:
    """Whether a role may call GetSecretValue and use the KMS key for it."""
    arn, policy = aws.key_arns.get("secrets"), _policy(aws, secret)
    if not may(
        Request(READ, secret["ARN"], role.arn), role.policies, boundary=role.boundary, resource=policy
    ):
        return False
    return arn is None or may_use_key(
        _decrypt(aws, arn, role, secret), role.policies, key_policy(aws, arn), boundary=role.boundary
    )


def _decrypt(aws: AwsState, key: str, role: Role, secret: Mapping[str, Any]) -> Request:
    context = {
        "kms:ViaService": f"secretsmanager.{aws.settings.region}.amazonaws.com",
        "kms:CallerAccount": aws.settings.account_id,
        "kms:EncryptionContext:SecretARN": secret["ARN"],
    }
    return Request(DECRYPT, key, role.arn, context)


def administers(aws: AwsState, role: Role) -> bool:
    """Whether a role matches one of the declared administrators."""
    return is_administrator(role.arn, aws.settings.administrators)


def _policy(aws: AwsState, secret: Mapping[str, Any]) -> Document | None:
    text = aws.ask("secretsmanager", "get_resource_policy", SecretId=secret["ARN"]).get("ResourcePolicy")
    return parse(text) if text else None


def _default_version(policy: Mapping[str, Any]) -> Document:
    versions = policy.get("PolicyVersionList", [])
    return parse(next(one["Document"] for one in versions if one["IsDefaultVersion"]))


def _fetched(aws: AwsState, arn: str) -> Document:
    version = aws.ask("iam", "get_policy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = aws.ask("iam", "get_policy_version", PolicyArn=arn, VersionId=version)
    return parse(found["PolicyVersion"]["Document"])
