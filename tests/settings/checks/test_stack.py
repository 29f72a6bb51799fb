"""Tests of the stack's checks: administrators, and what production requires."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings.stack_files import REMOVED, problems


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_the_shipped_stacks_are_accepted(stack: str) -> None:
    assert problems(stack=stack) == []


@pytest.mark.failure(40)
@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (("monitoring.email", REMOVED), "monitoring.email"),
        (("edge.domain", REMOVED), "edge.domain"),
        (("delivery", {}), "delivery.repositoryId"),
    ],
)
def test_production_is_refused_until_somebody_signed_off(change: tuple[str, Any], missing: str) -> None:
    needs = "prod needs monitoring.email, edge.domain, delivery.repositoryId before it goes live"
    assert f"{needs}; missing: {missing}" in problems(change)


def test_staging_needs_no_sign_off() -> None:
    assert problems(("monitoring.email", REMOVED), stack="staging") == []


def test_a_foreign_administrator_is_refused() -> None:
    said = problems(("administrators", ["arn:aws:iam::999999999999:role/x"]))
    assert said == [
        "administrators: arn:aws:iam::999999999999:role/x is not in account 111122223333; "
        "name a role of that account"
    ]


def test_no_administrator_is_refused() -> None:
    assert any(line.startswith("administrators: ") for line in problems(("administrators", [])))
