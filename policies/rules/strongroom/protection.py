"""Checks that stateful resources are protected and recoverable, and the provider is bound to one account."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.lib.resource_types import AWS_PROVIDER, BUCKET, KMS_KEY, RDS_INSTANCE, REPLICATION_GROUP, SECRET
from rules.pack.config import Configuration
from rules.pack.properties import Props, is_set, number, on, provider_list
from rules.pack.rule import M, P, Resource, resource_rule

STATEFUL = (RDS_INSTANCE, REPLICATION_GROUP, KMS_KEY, SECRET, BUCKET)
MIN_RECOVERY_DAYS, MIN_PRODUCTION_RECOVERY_DAYS = 7, 30
_LONGEST_RECOVERY = 30
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


def _is_bound(provider: Props) -> bool:
    keyless = not any(is_set(provider, key) for key in ("accessKey", "secretKey", "token"))
    pinned = len(provider_list(provider, "allowedAccountIds")) == 1 and is_set(provider, "region")
    return keyless and pinned and is_set(provider, "defaultTags")


def _unprotected(one: Resource, _: Configuration) -> Iterator[str]:
    if not one.protect and one.type != BUCKET:
        yield "protect is not set"
    if on(one.props, "skipFinalSnapshot"):
        yield "skip_final_snapshot is set"
    if on(one.props, "forceDestroy"):
        yield "force_destroy is set"


def _short_recovery(secret: Resource, config: Configuration) -> list[str]:
    least = MIN_PRODUCTION_RECOVERY_DAYS if config.production else MIN_RECOVERY_DAYS
    short = number(secret.props, "recoveryWindowInDays", _LONGEST_RECOVERY) < least
    return [f"recovery_window_in_days is below {least}"] if short else []


RULES = [
    resource_rule(
        "own-secret-recovery",
        P,
        SECRET,
        "A secret has a recovery window, so that a deletion by mistake can be undone.",
        f"set recovery_window_in_days to {MIN_RECOVERY_DAYS} or more"
        f" ({MIN_PRODUCTION_RECOVERY_DAYS} or more in production)",
        finds=_short_recovery,
    ),
    resource_rule(
        "own-stateful-protect",
        P,
        STATEFUL,
        "Stateful resources are protected from deletion.",
        "set protect=True, skip_final_snapshot=False, force_destroy=False",
        finds=_unprotected,
    ),
    resource_rule(
        "own-ignore-changes",
        M,
        (),
        "No security-relevant property is in ignore_changes.",
        "remove it from ignore_changes",
        finds=lambda one, _: [
            f"{name} is in ignore_changes"
            for name in sorted(_SECURITY & {re.split(r"[.\[]", path)[0] for path in one.ignore_changes})
        ],
    ),
    resource_rule(
        "own-provider-guard",
        M,
        AWS_PROVIDER,
        "The provider is bound to one account and region, has default tags, and contains no access key.",
        "set allowed_account_ids, region and default_tags; take credentials from the environment",
        holds=_is_bound,
    ),
]
