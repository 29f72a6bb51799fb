"""Tests of messages about too wide permissions, which say what to name."""

from __future__ import annotations

import pytest

from tests.policies.cases.iam import document
from tests.policies.messages import said

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"


@pytest.mark.failure(21)
def test_a_wildcard_is_told_to_be_a_name() -> None:
    policy = document({"Action": "secretsmanager:GetSecretValue", "Resource": "*"})
    assert "write the whole ARN" in said("iam-no-data-exfiltration", ROLE_POLICY, policy=policy)
