"""What ``ops verify`` cannot learn from an emulated AWS: one list, counted and never hidden."""

from __future__ import annotations

BLIND_SPOTS: dict[str, str] = {
    "account-root": "an emulated account has no root user who could have a second factor",
}
"""Check slug, or "slug subject-prefix", to the reason. A test pins it; ``ops`` knows nothing of it."""


def reason(check: str, subject: str) -> str | None:
    """Why a finding of this check about this subject says nothing here; None if it counts."""
    if check in BLIND_SPOTS:
        return BLIND_SPOTS[check]
    for spot, why in BLIND_SPOTS.items():
        slug, _, prefix = spot.partition(" ")
        if slug == check and prefix and subject.startswith(prefix):
            return why
    return None
