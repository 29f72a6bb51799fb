"""IAM permissions: no wildcard actions or resources, no privilege escalation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rules.lib.iam import documents, permissions
from rules.lib.resource_types import GROUP_POLICY, MANAGED_POLICY, ROLE, ROLE_POLICY, USER_POLICY
from rules.pack.config import Configuration
from rules.pack.properties import parts
from rules.pack.rule import Level, M, P, Resource, ResourceRule, resource_rule

DOCUMENTED = (ROLE, ROLE_POLICY, MANAGED_POLICY, USER_POLICY, GROUP_POLICY)


def permission_documents(one: Resource) -> Iterator[Any]:
    """The permission documents of an IAM resource."""
    if one.type == ROLE:
        for inline in parts(one.props, "inlinePolicies"):
            yield inline.get("policy")
    else:
        yield one.props.get("policy")


def _rule(name: str, level: Level, sentence: str, fix: str) -> ResourceRule:
    check = permissions.CHECKS[name]

    def finds(one: Resource, _: Configuration) -> list[str]:
        broken = any(check(documents.allows(document)) for document in permission_documents(one))
        return [""] if broken else []

    return resource_rule(name, level, DOCUMENTED, sentence, fix, finds=finds)


RULES = [
    _rule(
        "iam-no-admin-star",
        M,
        "No statement allows every action on every resource.",
        "name the actions and resources",
    ),
    _rule("iam-no-star-action", M, "No statement allows every action.", "name the actions"),
    _rule("iam-no-service-star", P, "No statement allows every action of a service.", "name the actions"),
    _rule(
        "iam-no-star-resource",
        P,
        "An action that supports resource-level permissions names its resources.",
        'name the resources; use "*" only for actions without resource-level permissions',
    ),
    _rule(
        "iam-no-privilege-escalation",
        M,
        "No set of permissions allows privilege escalation.",
        "remove permissions that change IAM; restrict iam:PassRole to named roles and a service",
    ),
    _rule(
        "iam-no-credentials-exposure",
        M,
        "Actions that return credentials are not allowed on every resource.",
        "name the roles or database users",
    ),
    _rule(
        "iam-no-data-exfiltration",
        M,
        "Read access to secrets and data names each resource exactly.",
        "write the whole ARN, without a wildcard in region, account or name",
    ),
    _rule(
        "iam-no-permissions-management",
        M,
        "Actions that manage permissions are not allowed on every resource.",
        "name the resources",
    ),
    _rule(
        "iam-no-unconstrained-write",
        P,
        "Write actions are not allowed on every resource.",
        "name the resources, or add a condition",
    ),
    _rule("iam-no-iam-star", M, "No statement allows every IAM action.", "name the actions"),
    _rule("iam-no-s3-star", P, "No statement allows every S3 action.", "name the actions and buckets"),
    _rule("iam-kms-scoped", M, "Permission to decrypt names the KMS key.", "name the key's ARN"),
    _rule(
        "iam-passrole-scoped",
        M,
        "iam:PassRole names the roles, and the service that they are passed to.",
        "name the role ARNs and set iam:PassedToService",
    ),
]
