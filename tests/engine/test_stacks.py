"""The Pulumi engine previews, creates and keeps every shipped stack as the in-process engine does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ops.checks.verify import verify
from sandbox import Result
from tests.engine.both import Both, opened
from tests.program import STACKS


@pytest.fixture(scope="module", params=STACKS)
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    with opened(request.param) as sandboxes:
        yield sandboxes


@pytest.fixture(scope="module")
def planned(both: Both) -> Result:
    return both.preview()


@pytest.fixture(scope="module")
def created(both: Both, planned: Result) -> Result:
    return both.up(verify=verify)


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


def test_a_second_update_changes_nothing(both: Both, created: Result) -> None:
    again = both.up(verify=verify)
    assert again.exit_code == 0, again.error
    assert again.counts == {"same": created.counts["create"]}
