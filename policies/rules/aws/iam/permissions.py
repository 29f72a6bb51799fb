"""IAM permissions: nothing on everything, nothing that leads to more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rules.lib import iam_documents as documents
from rules.lib import permissions
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
        "iam-no-admin-star", M, "Nobody may do everything to everything.", "name the actions and resources"
    ),
    _rule("iam-no-star-action", M, "No statement allows every action.", "name the actions"),
    _rule("iam-no-service-star", P, "No statement allows a whole service.", "name the actions"),
    _rule(
        "iam-no-star-resource",
        P,
        "What can name its resource does so.",
        'name the resources; "*" only for actions that know none',
    ),
    _rule(
        "iam-no-privilege-escalation",
        M,
        "No set of rights lets its holder gain more.",
        "remove the rights that change IAM, bind PassRole to roles and to a service",
    ),
    _rule(
        "iam-no-credentials-exposure",
        M,
        "Nothing that returns credentials is allowed on everything.",
        "name the roles or databases",
    ),
    _rule(
        "iam-no-data-exfiltration",
        M,
        "Secrets and data are read by exact name.",
        "name the ARN in full: no wildcard in region, account or name",
    ),
    _rule(
        "iam-no-permissions-management",
        M,
        "Nothing that changes permissions is allowed on everything.",
        "name the resources",
    ),
    _rule(
        "iam-no-unconstrained-write",
        P,
        "Nothing that writes is allowed on everything.",
        "name the resources or add a condition",
    ),
    _rule("iam-no-iam-star", M, "Nobody may do everything to IAM.", "name the actions"),
    _rule("iam-no-s3-star", P, "Nobody may do everything to S3.", "name the actions and buckets"),
    _rule("iam-kms-scoped", M, "Decryption names its key.", "name the key's ARN"),
    _rule(
        "iam-passrole-scoped",
        M,
        "PassRole names the roles, and the service they go to.",
        "name the role ARNs and set iam:PassedToService",
    ),
]
