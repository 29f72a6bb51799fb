"""IAM trust policies: which principals may assume a role, and under which conditions."""

from __future__ import annotations

from collections.abc import Callable

from rules.lib.iam import documents, trust
from rules.lib.resource_types import ROLE
from rules.pack.properties import Props, is_set, number
from rules.pack.rule import A, Level, M, P, ResourceRule, resource_rule

LONGEST_SESSION_S = 3600


def _trusts(slug: str) -> Callable[[Props], bool]:
    check = trust.CHECKS[slug]
    return lambda role: not any(map(check, documents.allows(role.get("assumeRolePolicy"))))


def _pinned(role: Props) -> bool:
    document = role.get("assumeRolePolicy")
    if not any(map(trust.is_github, documents.allows(document))):
        return True
    short = number(role, "maxSessionDuration", LONGEST_SESSION_S) <= LONGEST_SESSION_S
    return _trusts("own-oidc-pinned")(role) and short and is_set(role, "permissionsBoundary")


def _trust_rule(name: str, level: Level, sentence: str, fix: str) -> ResourceRule:
    return resource_rule(name, level, ROLE, sentence, fix, holds=_trusts(name))


RULES = [
    _trust_rule(
        "iam-trust-no-wildcard",
        M,
        "A trust policy is not public.",
        "name the principals that may assume the role",
    ),
    _trust_rule(
        "iam-trust-no-account-root",
        P,
        "A trust policy does not allow a whole account without a condition.",
        "name roles, or add a condition",
    ),
    _trust_rule(
        "iam-oidc-github",
        M,
        "A role for GitHub Actions names the owner of the repository.",
        "set StringEquals on the sub claim to repo:OWNER/REPOSITORY:environment:NAME",
    ),
    resource_rule(
        "own-oidc-pinned",
        M,
        ROLE,
        "A role for GitHub Actions has an exact audience and subject, one-hour sessions and a boundary.",
        "its sub has a wildcard, is a pull request's, or lacks repository, environment or ref; or the session"
        " is longer than an hour, or permissions_boundary is missing",
        holds=_pinned,
    ),
    _trust_rule(
        "iam-confused-deputy",
        A,
        "An AWS service may assume a role on behalf of the stack's own account only.",
        "add a condition on aws:SourceAccount or aws:SourceArn to the trust policy",
    ),
]
