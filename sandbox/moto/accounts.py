"""Finds the account of a caller by its access key; moto would build every partition of every account."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.moto.hooks import Asked, Params, corrects

SESSION = "sandbox"
fallback: list[tuple[str, str]] = []
"""Account and role of callers with unknown keys, where this process serves one account to others."""
_known: dict[str, str] = {}
_managed: list[Any] = []


def account_of(access_key: str) -> str:
    """The account that gave out the key."""
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.iam.models import iam_backends

    if access_key not in _known:
        backends: Any = iam_backends
        for account in list(backends):
            if access_key in backends[account]["aws"].access_keys:
                _known[access_key] = account
                break
        else:
            return fallback[-1][0] if fallback else DEFAULT_ACCOUNT_ID
    return _known[access_key]


@corrects("sts", "GetCallerIdentity")
def caller(asked: Asked, answer: Params) -> Params:
    """Whoever comes without keys of ours is the role that runs ``up``: nobody else is expected there."""
    if fallback and answer["Arn"].endswith(":user/moto"):
        account, role = fallback[-1]
        arn = f"arn:aws:sts::{account}:assumed-role/{role}/{SESSION}"
        return {**answer, "Arn": arn, "UserId": f"AROASANDBOX:{SESSION}"}
    return answer


def install() -> None:
    """Take the place of moto's search."""
    from moto.iam import models

    models.get_account_id_from = account_of
    original = models.IAMBackend._init_aws_policies

    def managed(self: Any) -> list[Any]:
        """AWS's own policies are read once; every account gets its own copies."""
        if not _managed:
            _managed.extend(original(self))
        return [copy.copy(policy) for policy in _managed]

    models.IAMBackend._init_aws_policies = managed  # type: ignore[method-assign]
