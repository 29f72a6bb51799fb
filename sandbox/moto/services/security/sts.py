"""STS: a caller with unknown keys is the role that runs ``up``."""

from __future__ import annotations

from sandbox.moto.accounts import SESSION, fallback
from sandbox.moto.hooks import Asked, Params, corrects


@corrects("sts", "GetCallerIdentity")
def caller(asked: Asked, answer: Params) -> Params:
    """A caller with unknown keys counts as the role that runs ``up``: nobody else calls."""
    if fallback and answer["Arn"].endswith(":user/moto"):
        account, role = fallback[-1]
        arn = f"arn:aws:sts::{account}:assumed-role/{role}/{SESSION}"
        return {**answer, "Arn": arn, "UserId": f"AROASANDBOX:{SESSION}"}
    return answer
