"""IAM trust: who may become a role, and under which conditions."""

from __future__ import annotations

from collections.abc import Callable

from rules.lib import iam_documents as documents
from rules.lib import trust
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
        "No role can be taken by everybody.",
        "name the principals that may assume it",
    ),
    _trust_rule(
        "iam-trust-no-account-root",
        P,
        "No role can be taken by a whole account.",
        "name roles, or bind the account with a condition",
    ),
    _trust_rule(
        "iam-oidc-github",
        M,
        "A role for GitHub names the owner of the repository.",
        "set StringEquals on the sub claim to repo:OWNER/REPOSITORY:environment:NAME",
    ),
    resource_rule(
        "own-oidc-pinned",
        M,
        ROLE,
        "A role for GitHub names audience, repository and environment or branch, for an hour, in a boundary.",
        "its sub has a wildcard, is a pull request's, or lacks repository, environment or ref; or the session"
        " is over an hour, or permissions_boundary is missing",
        holds=_pinned,
    ),
    _trust_rule(
        "iam-confused-deputy",
        A,
        "A service takes a role only on behalf of our own account.",
        "set aws:SourceAccount or aws:SourceArn in the trust document",
    ),
]
