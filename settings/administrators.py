"""Matches principals against ``administrators`` with the wildcards that IAM policies use."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iam_documents.matching import arn_like

_SESSION = re.compile(r"arn:([^:]+):sts::(\d{12}):assumed-role/([^/]+)/.+")


def is_administrator(arn: str, administrators: Iterable[str]) -> bool:
    """Whether a role, or a session of one, matches a pattern of ``administrators`` as IAM's ``ArnLike`` does.

    STS names a session by its role without the role's path: of a session, account and role name are compared.
    """
    session = _SESSION.fullmatch(arn)
    if session is None:
        return any(arn_like(pattern, arn) for pattern in administrators)
    partition, account, name = session.groups()
    role = f"arn:{partition}:iam::{account}:role/{name}"
    return any(arn_like(_without_path(pattern), role) for pattern in administrators)


def _without_path(pattern: str) -> str:
    """The pattern of a role, without the role's path."""
    account, _, role = pattern.partition(":role/")
    return f"{account}:role/{role.rpartition('/')[2]}"
