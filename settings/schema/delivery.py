"""The model of the GitHub repository and environment that may deploy to a stack."""

from __future__ import annotations

from pydantic import Field

from settings.aws.github import Branch, OidcProviderArn, Owner, Repository, Workflow
from settings.schema.base import Model, Slug


class DeliverySettings(Model):
    """``strongroom:delivery``: the repository whose pipeline may deploy."""

    owner: Owner
    owner_id: int = Field(ge=1)
    """The number of the owner, as ``gh api repos/OWNER/REPOSITORY --jq .owner.id`` prints it."""
    repository: Repository
    repository_id: int = Field(ge=1)
    """The number of the repository: ``gh api repos/OWNER/REPOSITORY --jq .id``."""
    environment: Slug
    """The GitHub environment whose jobs may assume the deploy role."""
    branch: Branch = "main"
    workflow: Workflow | None = None
    """The only reusable workflow that may assume the role: ``OWNER/REPO/.github/workflows/x.yml@REF``."""
    oidc_provider_arn: OidcProviderArn | None = None
    """The ARN of an existing GitHub OIDC provider of the account; the stack creates one when left out."""
