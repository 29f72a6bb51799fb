"""Builds trust documents for GitHub Actions: one repository, environment and branch, by name and by id."""

from __future__ import annotations

from typing import Any

from iam_documents.build import Statement, allow

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"


def provider_arn(account_id: str) -> str:
    """The ARN of GitHub's OIDC provider in an account, which has at most one."""
    return f"arn:aws:iam::{account_id}:oidc-provider/{ISSUER}"


def subjects(owner: str, owner_id: int, repository: str, repository_id: int, environment: str) -> list[str]:
    """Both formats of a job's subject: repositories created since July 2026 have their ids in it."""
    return [
        f"repo:{owner}/{repository}:environment:{environment}",
        f"repo:{owner}@{owner_id}/{repository}@{repository_id}:environment:{environment}",
    ]


def github_trust(
    provider_arn: Any,
    *,
    owner: str,
    owner_id: int,
    repository: str,
    repository_id: int,
    environment: str,
    branch: str | None,
    workflow: str | None = None,
) -> Statement:
    """Allow matching jobs to assume the role: every claim must be present and equal (never ``ForAllValues``).

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
    return allow(
        "sts:AssumeRoleWithWebIdentity",
        condition={"StringEquals": {f"{ISSUER}:{claim}": value for claim, value in claims.items()}},
        principal={"Federated": provider_arn},
    )
