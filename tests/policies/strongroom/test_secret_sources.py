"""Tests of secret values: a safe generator, and one owner."""

from __future__ import annotations

import pytest
from rules.pack.config import Configuration

from tests.policies.cases import strongroom_secrets as secret_cases
from tests.policies.judge import Entry, judge_stack
from tests.policies.messages import stack_said


@pytest.mark.attack(1)
@pytest.mark.parametrize("noun", ["Bytes", "Id", "String"])
def test_a_random_resource_whose_id_is_its_value_makes_no_secret(noun: str) -> None:
    type_ = f"random:index/random{noun}:Random{noun}"
    version = secret_cases.STACKS["readers"]["jwt-version"].but(needs={"secretString": ("leaking",)})
    assert stack_said("own-secret-leaking-random", leaking=Entry(type_, {}), jwt_version=version)


@pytest.mark.attack(9)
def test_a_version_on_a_rotated_secret_is_refused() -> None:
    version = secret_cases.STACKS["readers"]["jwt-version"].but(needs={"secretId": ("url",)})
    assert stack_said("own-secret-one-owner", jwt_version=version)


@pytest.mark.attack(9)
def test_a_version_on_a_secret_that_is_declared_as_rotated_is_refused() -> None:
    declared = Configuration(rotated_secrets=("aiponge/jwt-secret",))
    evaluation = judge_stack(secret_cases.STACKS["readers"], declared)
    (finding,) = evaluation.findings["own-secret-one-owner"]
    assert finding.urn.endswith("::jwt-version")
