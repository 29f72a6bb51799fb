"""Which GitHub repository may deploy to a stack, and from which of its environments."""

from __future__ import annotations

from settings.schema.base import Model, Slug


class DeliverySettings(Model):
    """``strongroom:delivery``: the repository whose pipeline may deploy."""

    owner: str
    owner_id: int
    repository: str
    repository_id: int
    environment: Slug
    """The GitHub environment whose jobs may take the deploy role."""
    branch: str = "main"
    workflow: str | None = None
    """The only reusable workflow that may take the role: ``OWNER/REPO/.github/workflows/x.yml@REF``."""
    oidc_provider_arn: str | None = None
    """An existing GitHub OIDC provider of the account; one is made when left out."""
