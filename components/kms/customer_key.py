"""Creates a symmetric customer managed key with rotation and an alias."""

from __future__ import annotations

import pulumi
from pulumi_aws import kms

from components.options import child_of, irreplaceable

DELETION_WINDOW_DAYS = 30
ROTATION_DAYS = 365


def customer_key(
    name: str,
    *,
    description: str,
    policy: pulumi.Input[str],
    alias: str,
    owner: pulumi.Resource,
    region: str | None = None,
) -> kms.Key:
    """Create the key and its alias under one resource name; without ``region`` in that of the provider."""
    key = kms.Key(
        name,
        region=region,
        description=description,
        key_usage="ENCRYPT_DECRYPT",
        is_enabled=True,
        enable_key_rotation=True,
        rotation_period_in_days=ROTATION_DAYS,
        deletion_window_in_days=DELETION_WINDOW_DAYS,
        bypass_policy_lockout_safety_check=False,
        policy=policy,
        opts=irreplaceable(owner),
    )
    kms.Alias(name, region=region, name=alias, target_key_id=key.key_id, opts=child_of(owner))
    return key
