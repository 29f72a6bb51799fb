"""Distributes the deploy role's permissions over as many policies as IAM's limits require."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from iam_documents import Statement, document
from settings.schema.aws_limits import MANAGED_POLICY, ROLE_INLINE_POLICIES, Limit

CONTRACT_CHARACTERS = 2_000
"""Kept for the reads of facts and secrets, whose ARNs only AWS knows."""


def fit_inline(statements: Sequence[Statement]) -> bool:
    """Whether the role's own policy can contain the statements, beside what it reads."""
    return _fit(statements, ROLE_INLINE_POLICIES)


def fit_boundary(statements: Sequence[Statement]) -> bool:
    """Whether one managed policy can contain the statements, beside what the role reads."""
    return _fit(statements, MANAGED_POLICY)


def in_managed_policies(statements: Sequence[Statement]) -> list[list[Statement]]:
    """The statements in groups that a managed policy can contain; a long list of resources is divided."""
    groups: list[list[Statement]] = [[]]
    for statement in statements:
        for part in _divided(statement):
            if groups[-1] and size([*groups[-1], part]) > MANAGED_POLICY.value:
                groups.append([])
            groups[-1].append(part)
    return groups


def size(statements: Sequence[Statement]) -> int:
    """The length of a document of these statements, as IAM counts it: without white space."""
    return len("".join(json.dumps(document(*statements), separators=(",", ":")).split()))


def _fit(statements: Sequence[Statement], limit: Limit) -> bool:
    return size(statements) + CONTRACT_CHARACTERS <= limit.value


def _divided(statement: Statement) -> Iterator[Statement]:
    """The statement, or several with a part of its resources each: half a policy at most."""
    resources: Any = statement["Resource"]
    if size([statement]) * 2 <= MANAGED_POLICY.value or not isinstance(resources, list) or len(resources) < 2:
        yield statement
        return
    middle = len(resources) // 2
    for part in (resources[:middle], resources[middle:]):
        yield from _divided({**statement, "Resource": part})
