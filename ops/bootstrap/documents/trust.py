"""Trust policy of the two roles that run Pulumi: the jobs of one workflow of one repository."""

from __future__ import annotations

from iam_documents import Document, document, github
from ops.bootstrap.steps import Repository
from settings.names import Names

WORKFLOW = ".github/workflows/infra.yml"


def trust(names: Names, repository: Repository, environment: str, branch: str) -> Document:
    """Allow jobs of this repository, GitHub environment, workflow and branch to assume the role."""
    return document(
        github.github_trust(
            github.provider_arn(names.account_id),
            owner=repository.owner,
            owner_id=repository.owner_id,
            repository=repository.name,
            repository_id=repository.id,
            environment=environment,
            branch=branch,
            workflow=f"{repository.owner}/{repository.name}/{WORKFLOW}@refs/heads/{branch}",
        )
    )
