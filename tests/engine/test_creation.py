"""The Pulumi engine previews, creates and keeps every shipped stack as the in-process engine does."""

from __future__ import annotations

from sandbox import Result


def test_a_preview_plans_to_create_everything(planned: Result) -> None:
    assert planned.exit_code == 0, planned.error
    assert set(planned.counts) == {"create"}


def test_an_update_creates_what_was_planned_and_verifies_without_finding(
    planned: Result, created: Result
) -> None:
    assert created.exit_code == 0, created.error
    assert created.counts == planned.counts
    assert created.verification.findings == []


def test_no_output_is_secret(created: Result) -> None:
    assert created.outputs
    assert created.secret_outputs == set()


def test_a_second_update_changes_nothing(created: Result, again: Result) -> None:
    assert again.exit_code == 0, again.error
    assert again.counts == {"same": created.counts["create"]}
