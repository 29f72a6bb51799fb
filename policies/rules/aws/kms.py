"""KMS keys: annual rotation, no public key policy, a waiting period before deletion."""

from __future__ import annotations

from rules.lib.iam import access
from rules.lib.resource_types import KMS_EXTERNAL_KEY, KMS_KEY, KMS_KEY_POLICY, KMS_REPLICA_KEY
from rules.pack.config import Configuration
from rules.pack.properties import Props, is_description, is_set, number, off, on, text
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule

KEYS = (KMS_KEY, KMS_EXTERNAL_KEY, KMS_REPLICA_KEY)
MIN_WINDOW_DAYS, MIN_PRODUCTION_WINDOW_DAYS = 14, 30
_LONGEST_WINDOW = 30
"""The waiting period that AWS applies when none is given."""


def _is_symmetric(key: Props) -> bool:
    spec = text(key, "customerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    return spec == "SYMMETRIC_DEFAULT" and (text(key, "keyUsage") or "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"


def _window(key: Resource, config: Configuration) -> list[str]:
    least = MIN_PRODUCTION_WINDOW_DAYS if config.production else MIN_WINDOW_DAYS
    short = number(key.props, "deletionWindowInDays", _LONGEST_WINDOW) < least
    return [f"deletion_window_in_days is below {least}"] if short else []


RULES = [
    resource_rule(
        "kms-rotation",
        M,
        KMS_KEY,
        "A symmetric key is rotated by KMS every year.",
        "set enable_key_rotation=True",
        holds=lambda key: not _is_symmetric(key) or on(key, "enableKeyRotation"),
    ),
    resource_rule(
        "kms-policy-no-wildcard",
        M,
        (*KEYS, KMS_KEY_POLICY),
        "A key policy is not public without a condition on the caller.",
        "name the principals, or add a condition on the caller's account, organization, ARN or network",
        holds=lambda key: not access.public(key.get("policy")),
    ),
    stack_rule(
        "kms-policy-defined",
        P,
        KEYS,
        "Every key has an explicit key policy.",
        "set policy",
        holds=lambda key, stack: (
            is_set(key.props, "policy") or bool(stack.referrers(key, KMS_KEY_POLICY, "keyId"))
        ),
    ),
    resource_rule(
        "kms-enabled",
        M,
        KEYS,
        "A key is enabled; a disabled one cannot decrypt what it encrypted.",
        "remove is_enabled=False",
        holds=lambda key: not off(key, "isEnabled") and not off(key, "enabled"),
    ),
    resource_rule(
        "kms-deletion-window",
        M,
        KEYS,
        "A key has a long waiting period before deletion, so that a deletion by mistake can be cancelled.",
        f"set deletion_window_in_days to {MIN_WINDOW_DAYS} or more"
        f" ({MIN_PRODUCTION_WINDOW_DAYS} or more in production)",
        finds=_window,
    ),
    resource_rule(
        "kms-no-lockout-bypass",
        M,
        (*KEYS, KMS_KEY_POLICY),
        "The lockout safety check of key policies stays on.",
        "remove bypass_policy_lockout_safety_check",
        holds=lambda key: (
            not on(key, "bypassPolicyLockoutSafetyCheck") and not on(key, "bypassPolicyLockoutCheck")
        ),
    ),
    resource_rule(
        "kms-description",
        A,
        KEYS,
        "A key has a description.",
        "set description",
        holds=lambda key: is_description(text(key, "description")),
    ),
]
