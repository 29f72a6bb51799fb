"""Which GitHub job may take a role: one repository, environment and branch, pinned by name and by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
SESSION_S = 3600


def subjects(owner: str, owner_id: int, repository: str, repository_id: int, environment: str) -> list[str]:
    """Both spellings of a job's subject: only repositories made since July 2026 carry ids in it (T15)."""
    return [
        f"repo:{owner}/{repository}:environment:{environment}",
        f"repo:{owner}@{owner_id}/{repository}@{repository_id}:environment:{environment}",
    ]


def trust(
    provider_arn: Any,
    *,
    owner: str,
    owner_id: int,
    repository: str,
    repository_id: int,
    environment: str,
    branch: str | None,
    workflow: str | None = None,
) -> Mapping[str, Any]:
    """The one statement of a trust document; every claim must be there and equal (never ``ForAllValues``).

    ``branch`` is None only for jobs of pull requests, whose ref is their own.
    """
    claims: dict[str, Any] = {
        "aud": AUDIENCE,
        "sub": subjects(owner, owner_id, repository, repository_id, environment),
        "repository_id": str(repository_id),
        "repository_owner_id": str(owner_id),
        "environment": environment,
    }
    if branch is not None:
        claims["ref"] = f"refs/heads/{branch}"
    if workflow is not None:
        claims["job_workflow_ref"] = workflow
    return {
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{ISSUER}:{claim}": value for claim, value in claims.items()}},
    }
