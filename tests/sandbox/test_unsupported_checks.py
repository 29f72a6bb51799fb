"""Tests of the list of checks that an emulated account cannot answer."""

from __future__ import annotations

from sandbox import unsupported_checks


def test_the_blind_spots_are_these() -> None:
    """Each new entry is a decision, because the check then finds nothing in the sandbox."""
    assert set(unsupported_checks.BLIND_SPOTS) == {"account-root"}
    assert unsupported_checks.reason("no-such-check", "anything") is None
