"""Checks a trust document alone: which principals may assume a role, and under which conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from rules.lib.iam import access, conditions, documents, principals
from rules.lib.iam.documents import Statement

_ISSUER = re.compile(r"(?:^|/)token\.actions\.githubusercontent\.com(?:/[^/]+)?$")
_CLAIM = re.compile(r"token\.actions\.githubusercontent\.com(?:/[^/]+)?:(?:sub|aud)")
_SAFE_SUBJECT = re.compile(r"repo:[A-Za-z0-9][A-Za-z0-9@._-]*/")
"""The first claim is the repository, with its owner spelled out."""
_PINNED_SUBJECT = re.compile(r"repo:[^/*?]+/[^:*?]+:(?:environment|ref):[^*?]+")
_WITHOUT_SOURCE = frozenset(
    {"backup.amazonaws.com", "ec2.amazonaws.com", "lambda.amazonaws.com", "cloudtrail.amazonaws.com"}
)
"""Services that do not send the account they act for when they assume a role, or document none."""

Check = Callable[[Statement], bool]


def is_github(one: Statement) -> bool:
    """Whether it trusts GitHub's identity provider, also that of one enterprise (``.../NAME``)."""
    return any(kind == "Federated" and _ISSUER.search(name) for kind, name in one.principals)


def _claims(one: Statement, claim: str) -> tuple[str, ...]:
    """The values of a claim of GitHub's token that a statement requires, of whichever issuer."""
    keys = [key for _, key, _ in one.conditions if _CLAIM.fullmatch(key) and key.endswith(f":{claim}")]
    return conditions.values(one.conditions, *keys) if keys else ()


def _any_repository(one: Statement) -> bool:
    subjects = _claims(one, "sub")
    return is_github(one) and not (subjects and all(_SAFE_SUBJECT.match(subject) for subject in subjects))


def _loosely_pinned(one: Statement) -> bool:
    if not is_github(one):
        return False
    subjects, audiences = _claims(one, "sub"), _claims(one, "aud")
    pinned = bool(subjects) and all(_PINNED_SUBJECT.fullmatch(subject) for subject in subjects)
    return (
        not pinned
        or any("pull_request" in subject for subject in subjects)
        or audiences != ("sts.amazonaws.com",)
    )


CHECKS: dict[str, Check] = {
    "iam-trust-no-wildcard": principals.everyone,
    "iam-trust-no-account-root": access.is_whole_account,
    "iam-oidc-github": _any_repository,
    "own-oidc-pinned": _loosely_pinned,
    "iam-confused-deputy": lambda one: access.is_for_any_account(one, _WITHOUT_SOURCE),
}


def violations(document: Any) -> set[str]:
    """The names of the rules that a trust document (JSON or data) violates."""
    granted: Sequence[Statement] = documents.allows(document)
    return {slug for slug, check in CHECKS.items() if any(check(one) for one in granted)}
