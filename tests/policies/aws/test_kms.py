"""Tests of public key policies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.cases.iam import document
from tests.policies.messages import said

KEY = "aws:kms/key:Key"


@pytest.mark.attack(14)
@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_a_key_policy_for_everybody_is_refused(principal: Any) -> None:
    opened = document({"Principal": principal, "Action": "kms:Decrypt", "Resource": "*"})
    assert said("kms-policy-no-wildcard", KEY, policy=opened)
