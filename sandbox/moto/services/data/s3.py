"""S3: reads bucket policies: for access logging, and for requests, without denials that have conditions."""

from __future__ import annotations

import json
from typing import Any

from iam_documents import like, statements

_LOGGER, _WRITES = "logging.s3.amazonaws.com", "s3:PutObject"


def may_log(policy: str, bucket: str, prefix: str) -> bool:
    """Whether the policy lets S3 write access logs below the prefix."""
    return any(
        one.effect == "Allow"
        and _LOGGER in one.principals.of("Service")
        and one.actions is not None
        and _WRITES in one.actions.values
        and one.resources is not None
        and any(like(pattern, f"arn:aws:s3:::{bucket}/{prefix}log") for pattern in one.resources.values)
        for one in statements(policy)
    )


def install() -> None:
    """Correct how moto reads the policy of a bucket.

    For logging it fails on a principal of "*" and on a list of resources. For requests it ignores conditions,
    so that a statement that denies plain HTTP would deny everything: no denial with conditions is enforced.
    """
    from moto.s3.models import FakeBucket

    permission = FakeBucket.get_permission

    def unconditional(bucket: Any, action: str, resource: str) -> Any:
        if bucket.policy is None:
            return permission(bucket, action, resource)
        document = json.loads(bucket.policy)
        listed = document.get("Statement", [])
        found = [listed] if isinstance(listed, dict) else listed
        kept = [one for one in found if one.get("Effect") != "Deny" or not one.get("Condition")]
        known, bucket.policy = bucket.policy, json.dumps({**document, "Statement": kept}).encode()
        try:
            return permission(bucket, action, resource)
        finally:
            bucket.policy = known

    FakeBucket.get_permission = unconditional  # type: ignore[method-assign]

    def allowed(target_bucket: Any, target_prefix: str | None) -> bool:
        policy = target_bucket.policy
        return bool(policy) and may_log(policy.decode(), target_bucket.name, target_prefix or "")

    FakeBucket._log_permissions_enabled_policy = staticmethod(allowed)  # type: ignore[method-assign]
