"""Tests of credentials in a task's plain variables, by value and by name."""

from __future__ import annotations

import pytest

from tests.policies.cases.ecs_lambda_elasticache import variable
from tests.policies.messages import said

TASK = "aws:ecs/taskDefinition:TaskDefinition"


@pytest.mark.failure(19)
@pytest.mark.attack(6)
def test_a_url_with_a_password_in_the_environment_is_named_by_container_and_variable() -> None:
    url = variable("DATABASE_URL", "postgres://user:word@db/app")
    assert said("ecs-no-plain-secrets", TASK, containerDefinitions=url) == (
        "it: user.environment.DATABASE_URL looks like a credential (URL with a password); use secrets"
    )


@pytest.mark.attack(7)
def test_a_secret_looking_name_in_the_environment_is_refused_whatever_its_value() -> None:
    message = said("ecs-no-plain-secrets", TASK, containerDefinitions=variable("JWT_SECRET", "x"))
    assert "user.environment.JWT_SECRET is named like a credential" in message
