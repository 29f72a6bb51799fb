"""Tests of public resource policies of secrets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.cases.iam import document
from tests.policies.messages import said

SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"


@pytest.mark.attack(14)
@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_a_secret_policy_for_everybody_is_refused(principal: Any) -> None:
    opened = document({"Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*"})
    assert said("secret-policy-not-public", SECRET_POLICY, policy=opened)
