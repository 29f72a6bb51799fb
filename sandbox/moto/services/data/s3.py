"""S3: accepts access logging where the target bucket's policy allows it, in every valid form."""

from __future__ import annotations

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
    """Normalize the policy: moto fails on a principal of "*", and on a list of resources."""
    from moto.s3.models import FakeBucket

    def allowed(target_bucket: Any, target_prefix: str | None) -> bool:
        policy = target_bucket.policy
        return bool(policy) and may_log(policy.decode(), target_bucket.name, target_prefix or "")

    FakeBucket._log_permissions_enabled_policy = staticmethod(allowed)  # type: ignore[method-assign]
