"""Checks of the stack as a whole: its administrators, and what production must have."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checks.check import Others
from settings.schema.stack import Settings


def administrator_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Who may change keys and secret policies."""
    if not settings.administrators:
        yield "administrators: empty; name the role that runs `up`, or nobody could mend a secret policy"
    for arn in settings.administrators:
        if f":{settings.account_id}:" not in arn:
            account = settings.account_id
            yield f"administrators: {arn} is not in account {account}; environments share no roles"


def sign_off_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """What production must have before it goes live."""
    if settings.environment.production:
        needed = {"monitoring.email": settings.monitoring.email, "edge.domain": settings.edge.domain}
        delivery = settings.delivery
        needed["delivery.repositoryId"] = str(delivery.repository_id) if delivery else None
        missing = [path for path, value in needed.items() if not value]
        if missing:
            yield (
                f"{settings.environment.name} needs {', '.join(needed)} before it goes live; "
                f"missing: {', '.join(missing)}"
            )
