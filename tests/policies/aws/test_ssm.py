"""Tests of declared parameters: SecureString, with the secrets key."""

from __future__ import annotations

import pytest
from rules.pack.config import Configuration

from tests.policies.messages import said
from tests.policies.ours import ours

PARAMETER = "aws:ssm/parameter:Parameter"


@pytest.mark.attack(8)
@pytest.mark.parametrize(
    ("change", "rule"),
    [({"type": "String"}, "ssm-param-secure"), ({"keyId": "alias/aws/ssm"}, "ssm-param-cmk")],
)
def test_a_parameter_of_the_inventory_is_secure_and_under_our_key(change: dict[str, str], rule: str) -> None:
    declared = Configuration(secrets=(ours(PARAMETER)["name"],))
    assert said(rule, PARAMETER, declared, **change)


@pytest.mark.attack(8)
def test_a_declared_secret_in_clear_is_refused_whatever_its_name_and_value() -> None:
    name = "/cinematch/production/tmdb"
    plain = {"type": "String", "name": name, "value": "words"}
    message = said("ssm-param-secure", PARAMETER, Configuration(secrets=(name,)), **plain)
    assert "a declared secret is stored in plain text" in message
