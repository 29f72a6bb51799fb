"""Lets one GitHub job assume the deploy role: the OIDC identity provider and the role's trust policy."""

from __future__ import annotations

import pulumi
from pulumi_aws import iam

from components.options import child_of
from iam_documents import Statement
from iam_documents.github import AUDIENCE, ISSUER, github_trust
from settings.schema.delivery import DeliverySettings

SESSION_S = 3600


def identity_provider(owner: pulumi.ComponentResource) -> iam.OpenIdConnectProvider:
    """GitHub's OIDC identity provider, for an account that has none yet."""
    name = f"{owner.pulumi_resource_name}-github"
    return iam.OpenIdConnectProvider(
        name, url=f"https://{ISSUER}", client_id_lists=[AUDIENCE], opts=child_of(owner)
    )


def trust(delivery: DeliverySettings, provider_arn: pulumi.Input[str]) -> Statement:
    """The one statement of the deploy role's trust policy."""
    return github_trust(
        provider_arn,
        owner=delivery.owner,
        owner_id=delivery.owner_id,
        repository=delivery.repository,
        repository_id=delivery.repository_id,
        environment=delivery.environment,
        branch=delivery.branch,
        workflow=delivery.workflow,
    )
