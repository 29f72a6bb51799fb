"""S3: accepts access logs where the target bucket's policy allows it; applies no conditional statement."""

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


def unconditional(policy: str) -> str:
    """The policy without statements that have a condition: moto would apply them to every request.

    One of them refuses requests without TLS, which the emulated AWS does not have.
    """
    document = json.loads(policy)
    given = document.get("Statement", [])
    listed = given if isinstance(given, list) else [given]
    return json.dumps({**document, "Statement": [one for one in listed if not one.get("Condition")]})


def install() -> None:
    """Normalize the policy: moto fails on a principal of "*", and on a list of resources."""
    from moto.iam.access_control import IAMPolicy, PermissionResult
    from moto.s3.models import FakeBucket

    def permission(bucket: Any, action: str, resource: str) -> Any:
        if bucket.policy is None:
            return PermissionResult.NEUTRAL
        return IAMPolicy(unconditional(bucket.policy.decode())).is_action_permitted(action, resource)

    def allowed(target_bucket: Any, target_prefix: str | None) -> bool:
        policy = target_bucket.policy
        return bool(policy) and may_log(policy.decode(), target_bucket.name, target_prefix or "")

    FakeBucket.get_permission = permission  # type: ignore[method-assign]
    FakeBucket._log_permissions_enabled_policy = staticmethod(allowed)  # type: ignore[method-assign]
