"""Environments do not mix, and what the program says of its resources does not weaken them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from .configuration import Configuration
from .elasticache import GROUP as CACHE
from .kms import KEY
from .rds import INSTANCE as DATABASE
from .reading import Props, is_set, number, on, strings, text, values
from .rule import M, P, Resource, inspect, require
from .secrets_manager import SECRET
from .ssm import PARAMETER

PROVIDER = "pulumi:providers:aws"
ALIAS = "aws:kms/alias:Alias"
ROLE = "aws:iam/role:Role"
BUCKET = "aws:s3/bucket:Bucket"
STATEFUL = (DATABASE, CACHE, KEY, SECRET, BUCKET)
NAMED = (SECRET, PARAMETER, ALIAS, ROLE)
MIN_RECOVERY_DAYS, MIN_PRODUCTION_RECOVERY_DAYS = 7, 30
_LONGEST_RECOVERY = 30
_ACCOUNT_OF_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):")
_ENVIRONMENTS = (
    frozenset({"prod", "production"}),
    frozenset({"staging", "stage"}),
    frozenset({"development"}),
)
_SEGMENT = re.compile(r"/([a-z]+)(?=/)")
_SECURITY = frozenset(
    (
        *("ingress", "egress", "policy", "kmsKeyId", "kmsMasterKeyId", "keyId", "publiclyAccessible"),
        *("storageEncrypted", "assumeRolePolicy", "securityGroups", "vpcSecurityGroupIds", "value"),
        *(
            "secretString",
            "metadataOptions",
            "encrypted",
            "cidrBlocks",
            "inlinePolicies",
            "deletionProtection",
        ),
        *("backupRetentionPeriod", "enableKeyRotation", "transitEncryptionEnabled", "sslPolicy", "rules"),
    )
)


def _mixed(one: Resource, config: Configuration) -> Iterator[str]:
    if one.type in NAMED and not _placed(one, config):
        yield "its name carries no environment, and its provider is bound to no account"
    for path, found in strings(one.props):
        if config.account_id and set(_ACCOUNT_OF_ARN.findall(found)) - {config.account_id}:
            yield f"{path.split('.')[0].split('[')[0]} names another account"
        if config.environment and _foreign(found, config.environment):
            yield f"{path.split('.')[0].split('[')[0]} names another environment (B43)"


def _placed(one: Resource, config: Configuration) -> bool:
    if one.provider is None or not config.environment:
        return True
    bound = len(_listed(one.provider, "allowedAccountIds")) == 1
    return bound or not is_set(one.props, "name") or config.environment in text(one.props, "name")


def _foreign(found: str, environment: str) -> bool:
    if "/" not in found or any(letter.isspace() for letter in found):
        return False  # prose and scripts may speak of other environments
    ours = next((names for names in _ENVIRONMENTS if environment in names), frozenset())
    others = frozenset().union(*_ENVIRONMENTS) - ours if ours else frozenset()
    return any(segment in others for segment in _SEGMENT.findall(found))


def _listed(props: Props, key: str) -> Sequence[Any]:
    """A provider's list; providers keep nested settings as JSON text."""
    value = props.get(key)
    return json.loads(value) if isinstance(value, str) and value.startswith("[") else values(props, key)


def _guarded(provider: Props) -> bool:
    keyless = not any(is_set(provider, key) for key in ("accessKey", "secretKey", "token"))
    pinned = len(_listed(provider, "allowedAccountIds")) == 1 and is_set(provider, "region")
    return keyless and pinned and is_set(provider, "defaultTags")


def _undeclared(one: Resource, config: Configuration) -> Iterator[str]:
    name = text(one.props, "name")
    secret = one.type == SECRET or text(one.props, "type") == "SecureString"
    if secret and config.secrets and name not in config.secrets:
        near = difflib.get_close_matches(name, config.secrets, 1)
        yield "not in the catalogue" + (f", did you mean {near[0]}?" if near else "")


def _careless(one: Resource, _: Configuration) -> Iterator[str]:
    if not one.protect and one.type != BUCKET:
        yield "it is not protected"
    if on(one.props, "skipFinalSnapshot"):
        yield "it leaves no final snapshot"
    if on(one.props, "forceDestroy"):
        yield "it is emptied when it is deleted"


def _hasty(secret: Resource, config: Configuration) -> list[str]:
    least = MIN_PRODUCTION_RECOVERY_DAYS if config.production else MIN_RECOVERY_DAYS
    short = number(secret.props, "recoveryWindowInDays", _LONGEST_RECOVERY) < least
    return [f"recovery_window_in_days is below {least}"] if short else []


RULES = [
    inspect(
        "own-secret-env-name",
        M,
        (),
        "Nothing names another account or environment, and names carry theirs unless the account does.",
        "environments must not mix: use this stack's own",
        _mixed,
    ),
    inspect(
        "own-secret-declared",
        M,
        (SECRET, PARAMETER),
        "A secret in a store is one that the stack declares.",
        "declare it under strongroom:secrets",
        _undeclared,
    ),
    inspect(
        "own-secret-recovery",
        P,
        SECRET,
        "A secret that is deleted by mistake can be restored.",
        f"recovery_window_in_days: {MIN_RECOVERY_DAYS} or more, {MIN_PRODUCTION_RECOVERY_DAYS} in production",
        _hasty,
    ),
    inspect(
        "own-stateful-protect",
        P,
        STATEFUL,
        "What holds state is not deleted by mistake.",
        "set protect=True, skip_final_snapshot=False, force_destroy=False",
        _careless,
    ),
    inspect(
        "own-ignore-changes",
        M,
        (),
        "No property that protects something is ignored when it changes.",
        "remove it from ignore_changes",
        lambda one, _: [
            f"{name} is ignored"
            for name in sorted(_SECURITY & {re.split(r"[.\[]", path)[0] for path in one.ignore_changes})
        ],
    ),
    require(
        "own-provider-guard",
        M,
        PROVIDER,
        "The provider is bound to one account and region, tags everything, and holds no key.",
        "set allowed_account_ids, region and default_tags; take credentials from the environment",
        _guarded,
    ),
]
