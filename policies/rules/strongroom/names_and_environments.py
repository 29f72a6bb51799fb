"""Checks that names and ARNs are of this stack's account and environment, and secrets are declared."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from rules.lib.accounts import configured_accounts
from rules.lib.iam import documents
from rules.lib.resource_types import KMS_ALIAS, ROLE, SECRET, SSM_PARAMETER
from rules.pack.config import Configuration
from rules.pack.properties import is_set, provider_list, strings, text
from rules.pack.rule import M, Resource, resource_rule

NAMED = (SECRET, SSM_PARAMETER, KMS_ALIAS, ROLE)
_ACCOUNT_OF_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):")
_ACCOUNT = re.compile(r"\d{12}")
_ENVIRONMENTS = (
    frozenset({"prod", "production"}),
    frozenset({"staging", "stage"}),
    frozenset({"development"}),
)
_SEGMENT = re.compile(r"/([a-z]+)(?=/)")


def _mixed(one: Resource, config: Configuration) -> Iterator[str]:
    if one.type in NAMED and not _placed(one, config):
        yield "its name does not contain the environment, and its provider has no allowed_account_ids"
    own = configured_accounts(one, config)
    for path, found in strings(one.props):
        if own and _accounts(found) - own:
            yield f"{path.split('.')[0].split('[')[0]} names another account"
        if config.environment and _foreign(found, config.environment):
            yield f"{path.split('.')[0].split('[')[0]} names another environment"


def _accounts(found: str) -> set[str]:
    """The account ids in a text; an IAM document may also name one as a principal by its number alone."""
    named = set(_ACCOUNT_OF_ARN.findall(found))
    if '"Principal"' in found:
        trusted = [
            name for one in documents.statements(found) for kind, name in one.principals if kind == "AWS"
        ]
        named |= {name for name in trusted if _ACCOUNT.fullmatch(name)}
    return named


def _placed(one: Resource, config: Configuration) -> bool:
    if one.provider is None or not config.environment:
        return True
    bound = len(provider_list(one.provider, "allowedAccountIds")) == 1
    return bound or not is_set(one.props, "name") or config.environment in text(one.props, "name")


def _foreign(found: str, environment: str) -> bool:
    if "/" not in found or any(letter.isspace() for letter in found):
        return False  # descriptions and scripts may mention other environments
    ours = next((names for names in _ENVIRONMENTS if environment in names), frozenset())
    others = frozenset().union(*_ENVIRONMENTS) - ours if ours else frozenset()
    return any(segment in others for segment in _SEGMENT.findall(found))


def _undeclared(one: Resource, config: Configuration) -> Iterator[str]:
    name = text(one.props, "name")
    secret = one.type == SECRET or text(one.props, "type") == "SecureString"
    if secret and config.secrets and name not in config.secrets:
        near = difflib.get_close_matches(name, config.secrets, 1)
        yield "its name is not declared" + (f", did you mean {near[0]}?" if near else "")


RULES = [
    resource_rule(
        "own-secret-env-name",
        M,
        (),
        "No property names another account or environment; names contain theirs unless the account does.",
        "use the names of this stack: environments must not mix",
        finds=_mixed,
        requirements=("B43",),
    ),
    resource_rule(
        "own-secret-declared",
        M,
        (SECRET, SSM_PARAMETER),
        "Every stored secret is declared in the stack file.",
        "declare it under strongroom:secrets",
        finds=_undeclared,
    ),
]
