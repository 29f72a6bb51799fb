"""Lists the checks of ``ops verify`` that an emulated AWS cannot answer; the report counts them."""

from __future__ import annotations

BLIND_SPOTS: dict[str, str] = {
    "account-root": "an emulated account has no root user with MFA",
}
"""Check slug, or "slug subject-prefix", to the reason."""


def reason(check: str, subject: str) -> str | None:
    """The reason why a finding of this check about this subject does not count; None if it counts."""
    if check in BLIND_SPOTS:
        return BLIND_SPOTS[check]
    for spot, why in BLIND_SPOTS.items():
        slug, _, prefix = spot.partition(" ")
        if slug == check and prefix and subject.startswith(prefix):
            return why
    return None
