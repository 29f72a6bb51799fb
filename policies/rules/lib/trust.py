"""Checks a trust document alone: which principals may assume a role, and under which conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from rules.lib import iam_documents as documents
from rules.lib.iam_documents import Statement

GITHUB = "token.actions.githubusercontent.com"
_SAFE_SUBJECT = re.compile(r"repo:[A-Za-z0-9][A-Za-z0-9@._-]*/")
"""The first claim is the repository, with its owner spelled out."""
_PINNED_SUBJECT = re.compile(r"repo:[^/*?]+/[^:*?]+:(?:environment|ref):[^*?]+")
_WITHOUT_SOURCE = frozenset(
    {"backup.amazonaws.com", "ec2.amazonaws.com", "lambda.amazonaws.com", "cloudtrail.amazonaws.com"}
)
"""Services that do not send the account they act for when they assume a role, or document none."""

Check = Callable[[Statement], bool]


def is_github(one: Statement) -> bool:
    """Whether it trusts GitHub's identity provider."""
    return any(kind == "Federated" and name.endswith(GITHUB) for kind, name in one.principals)


def _account_root(one: Statement) -> bool:
    whole = any(
        kind == "AWS" and (name.endswith(":root") or (name.isdigit() and len(name) == 12))
        for kind, name in one.principals
    )
    return whole and not one.conditions


def _any_repository(one: Statement) -> bool:
    subjects = one.condition(f"{GITHUB}:sub")
    return is_github(one) and not (subjects and all(_SAFE_SUBJECT.match(subject) for subject in subjects))


def _loosely_pinned(one: Statement) -> bool:
    if not is_github(one):
        return False
    subjects = one.condition(f"{GITHUB}:sub")
    audiences = one.condition(f"{GITHUB}:aud")
    pinned = bool(subjects) and all(_PINNED_SUBJECT.fullmatch(subject) for subject in subjects)
    return (
        not pinned
        or any("pull_request" in subject for subject in subjects)
        or audiences != ("sts.amazonaws.com",)
    )


def _confusable(one: Statement) -> bool:
    services = {name for kind, name in one.principals if kind == "Service"}
    return bool(services - _WITHOUT_SOURCE) and not one.condition("aws:SourceArn", "aws:SourceAccount")


CHECKS: dict[str, Check] = {
    "iam-trust-no-wildcard": lambda one: one.anybody,
    "iam-trust-no-account-root": _account_root,
    "iam-oidc-github": _any_repository,
    "own-oidc-pinned": _loosely_pinned,
    "iam-confused-deputy": _confusable,
}


def violations(document: Any) -> set[str]:
    """The names of the rules that a trust document (JSON or data) violates."""
    granted: Sequence[Statement] = documents.allows(document)
    return {slug for slug, check in CHECKS.items() if any(check(one) for one in granted)}
