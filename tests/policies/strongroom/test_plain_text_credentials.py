"""Tests of credentials in encoded user data, and of secrets injected by full ARN."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.policies.cases.ec2 import LEAKY, packed, squeezed
from tests.policies.cases.ecs_lambda_elasticache import containers
from tests.policies.messages import said

TASK = "aws:ecs/taskDefinition:TaskDefinition"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@pytest.mark.attack(5)
@pytest.mark.parametrize("pack", [packed, squeezed])
def test_a_secret_in_user_data_is_found_under_its_packing(pack: Any) -> None:
    # The kind is compared, because encoded text that was not decoded would be reported as random text.
    message = said("own-user-data-secret", TEMPLATE, userData=pack(LEAKY))
    assert "user data contains a credential (assignment to a secret name)" in message


@pytest.mark.accepts("A8")
def test_a_secret_is_injected_by_its_full_arn() -> None:
    short = json.loads(containers())[0]
    short["secrets"] = [{"name": "JWT_SECRET", "valueFrom": "aiponge/jwt-secret"}]
    message = said("own-env-secret-value", TASK, containerDefinitions=json.dumps([short]))
    assert "user.secrets.JWT_SECRET is not taken from a full ARN" in message
