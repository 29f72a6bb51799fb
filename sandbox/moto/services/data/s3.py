"""S3: reads a log bucket's policy as S3 does: principals of any form, several resources, wildcards."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

_LOGGER, _WRITES = "logging.s3.amazonaws.com", "s3:PutObject"


def may_log(policy: str, bucket: str, prefix: str) -> bool:
    """Whether the policy lets S3 write its access logs below the prefix."""
    return any(
        one["Effect"] == "Allow"
        and _LOGGER in _services(one.get("Principal"))
        and _WRITES in _listed(one["Action"])
        and any(
            fnmatchcase(f"arn:aws:s3:::{bucket}/{prefix}log", pattern) for pattern in _listed(one["Resource"])
        )
        for one in _listed(json.loads(policy)["Statement"])
    )


def _services(principal: Any) -> list[str]:
    return _listed(principal.get("Service", [])) if isinstance(principal, dict) else []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def install() -> None:
    """moto stumbles over a principal of "*", and over a resource that is no single text."""
    from moto.s3.models import FakeBucket

    def allowed(target_bucket: Any, target_prefix: str | None) -> bool:
        policy = target_bucket.policy
        return bool(policy) and may_log(policy.decode(), target_bucket.name, target_prefix or "")

    FakeBucket._log_permissions_enabled_policy = staticmethod(allowed)  # type: ignore[method-assign]
