"""Derives the stack's own accounts: from the configuration, its provider, and the resource itself."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.iam.documents import statements
from rules.lib.iam.patterns import has_wildcard, split
from rules.pack.config import Configuration
from rules.pack.properties import known, provider_list, text
from rules.pack.rule import Resource


def configured_accounts(one: Resource, config: Configuration) -> set[str]:
    """The accounts that the configuration and the provider of a resource name."""
    provided = provider_list(one.provider, "allowedAccountIds") if one.provider is not None else ()
    return {config.account_id, *map(str, provided)} - {""}


def own_accounts(one: Resource, config: Configuration, policy: str = "policy") -> set[str]:
    """The accounts that a resource belongs to, also by its own ARN and the resources in its policy."""
    return configured_accounts(one, config) or set(_by_arn(one, policy))


def _by_arn(one: Resource, policy: str) -> Iterator[str]:
    arns = [text(one.props, "arn") if known(one.props, "arn") else ""]
    arns += [resource for each in statements(one.props.get(policy)) for resource in each.resources]
    for value in arns:
        arn = split(value)
        if arn is not None and arn.account and not has_wildcard(arn.account):
            yield arn.account
