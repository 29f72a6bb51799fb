"""Constructs the provider of a stack, and the options of what is protected and what is not."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.options import allow_replacement
from settings.schema.stack import Settings


def provider_options(
    settings: Settings,
) -> tuple[aws.Provider, pulumi.ResourceOptions, pulumi.ResourceOptions]:
    """The provider, bound to account and region, and the options of unprotected and of protected components.

    Production protects what holds data or keys; databases, caches, keys, vaults and buckets are protected in
    every environment. The stack file names exceptions.
    """
    allow_replacement(settings.allow_replace)
    provider = aws.Provider(
        "aws",
        region=settings.region,
        allowed_account_ids=[settings.account_id],
        default_tags={"tags": settings.default_tags},
    )
    production = settings.environment.production
    return (
        provider,
        pulumi.ResourceOptions(provider=provider),
        pulumi.ResourceOptions(provider=provider, protect=production),
    )
