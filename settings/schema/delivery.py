"""The model of the GitHub repository and environment that may deploy to a stack."""

from __future__ import annotations

from settings.schema.base import Model, Slug


class DeliverySettings(Model):
    """``strongroom:delivery``: the repository whose pipeline may deploy."""

    owner: str
    owner_id: int
    repository: str
    repository_id: int
    environment: Slug
    """The GitHub environment whose jobs may assume the deploy role."""
    branch: str = "main"
    workflow: str | None = None
    """The only reusable workflow that may assume the role: ``OWNER/REPO/.github/workflows/x.yml@REF``."""
    oidc_provider_arn: str | None = None
    """The ARN of an existing GitHub OIDC provider of the account; the stack creates one when left out."""
