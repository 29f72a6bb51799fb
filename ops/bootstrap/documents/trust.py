"""Trust policies: of the roles that run Pulumi, jobs of one workflow; of those of people, users with MFA."""

from __future__ import annotations

from iam_documents import Document, allow, document, github
from ops.bootstrap.steps import Repository
from settings.names import Names

WORKFLOW = ".github/workflows/infra.yml"
MFA_AGE_S = 3600


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


def people_trust(names: Names) -> Document:
    """Allow principals of the account that signed in with MFA within the last hour to assume the role.

    A session without MFA, and one of a role, has none of the two keys: the conditions then deny it.
    """
    condition = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": str(MFA_AGE_S)},
    }
    return document(
        allow("sts:AssumeRole", condition=condition, principal={"AWS": names.account_root}, sid="WithMfa")
    )
