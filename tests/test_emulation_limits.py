"""Tests of the list of what an emulated account cannot answer."""

from __future__ import annotations

import pytest

import emulation_limits


def test_the_limits_are_these() -> None:
    """Each new entry is a decision, because the check then finds nothing in the sandbox."""
    assert set(emulation_limits.CHECKS) == {"account-root", "preflight-database-zones"}
    assert set(emulation_limits.UNANSWERED) == {"attached-s3"}
    assert emulation_limits.reason("no-such-check") is None


def test_a_check_that_may_get_no_answer_counts_where_it_finds_something() -> None:
    assert emulation_limits.reason("attached-s3") is None
    assert emulation_limits.reason("attached-s3", unanswered=True)


@pytest.mark.parametrize(
    ("endpoint", "emulated"),
    [
        ("http://127.0.0.1:4566", True),
        ("http://localhost:4566", True),
        ("", False),
        ("https://secretsmanager.eu-west-1.amazonaws.com", False),
    ],
)
def test_an_emulated_aws_is_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, emulated: bool
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    assert emulation_limits.emulated() is emulated
