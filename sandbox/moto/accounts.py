"""Finds the account of a caller by its access key."""

from __future__ import annotations

from typing import Any

SESSION = "sandbox"
fallback: list[tuple[str, str]] = []
"""Account and role of callers with unknown keys, where this process serves one account to others."""
_known: dict[str, str] = {}


def account_of(access_key: str) -> str:
    """The account that issued the access key."""
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
