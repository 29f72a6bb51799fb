"""The checks that an emulated account cannot answer are listed."""

from __future__ import annotations

from sandbox import unsupported_checks


def test_the_blind_spots_are_these() -> None:
    """A new one is a decision: somebody stops looking there."""
    assert set(unsupported_checks.BLIND_SPOTS) == {"account-root"}
    assert unsupported_checks.reason("no-such-check", "anything") is None
