"""Tests of credentials in a function's variables, by value and by name."""

from __future__ import annotations

import pytest

from tests.policies.cases.ecs_lambda_elasticache import RANDOM
from tests.policies.messages import said

FUNCTION = "aws:lambda/function:Function"


@pytest.mark.attack(7)
def test_a_secret_looking_name_in_a_functions_environment_is_refused_whatever_its_value() -> None:
    message = said("lambda-no-plain-secrets", FUNCTION, environment={"variables": {"jwtSecret": "x"}})
    assert "environment.jwtSecret is named like a credential" in message


@pytest.mark.attack(6)
def test_a_secret_in_a_functions_environment_is_refused() -> None:
    message = said("lambda-no-plain-secrets", FUNCTION, environment={"variables": {"MOTTO": RANDOM}})
    assert "environment.MOTTO looks like a credential (random text)" in message
