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
    needs = (
        "environment.production=true: needs monitoring.email, edge.domain, delivery.repositoryId before it "
        "goes live"
    )
    assert f"{needs}; missing: {missing}" in problems(change)


def test_staging_needs_no_sign_off() -> None:
    assert problems(("monitoring.email", REMOVED), stack="staging") == []


def test_a_foreign_administrator_is_refused() -> None:
    said = problems(("administrators", ["arn:aws:iam::999999999999:role/x"]))
    assert said == [
        "administrators: arn:aws:iam::999999999999:role/x is not in account 111122223333; "
        "name a role of that account"
    ]


ROLE = "arn:aws:iam::111122223333:role/"


@pytest.mark.parametrize("pattern", ["*", "**", "*/*", "?*"])
def test_every_role_as_administrator_is_refused(pattern: str) -> None:
    assert problems(("administrators", [ROLE + pattern])) == [
        f"administrators: {ROLE}{pattern} matches every role; name the roles of people and `up`"
    ]


@pytest.mark.parametrize(
    ("pattern", "role"),
    [
        ("aiponge-*", "aiponge-pulumi-plan"),
        ("aiponge-pulumi-*", "aiponge-pulumi-plan"),
        ("aiponge-exec-user", "aiponge-exec-user"),
        ("aiponge-task-*", "aiponge-task-api-gateway"),
        ("*-reencrypt", "aiponge-exec-reencrypt"),
        ("aiponge-deploy", "aiponge-deploy"),
        ("aiponge-audit*", "aiponge-auditor"),
        ("aws-*", "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
    ],
)
def test_a_role_of_a_workload_is_no_administrator(pattern: str, role: str) -> None:
    (said,) = problems(("administrators", [f"{ROLE}aiponge-pulumi-up", ROLE + pattern]))
    assert said.startswith(f"administrators: {ROLE}{pattern} matches {ROLE}{role}")
    assert said.endswith("write a pattern of the roles of people and `up` only")


@pytest.mark.parametrize("pattern", ["aiponge-pulumi-up", "aiponge-emergency", "team/*", "admin-*"])
def test_roles_of_people_and_of_up_administer(pattern: str) -> None:
    assert problems(("administrators", [ROLE + pattern])) == []


def test_no_administrator_is_refused() -> None:
    assert any(line.startswith("administrators: ") for line in problems(("administrators", [])))
