"""Tests of names: other environments and accounts are refused, and similar declared names suggested."""

from __future__ import annotations

import pytest
from rules.pack.config import Configuration

from tests.policies.cases.iam import document
from tests.policies.judge import judge
from tests.policies.messages import said
from tests.policies.ours import ours

PARAMETER = "aws:ssm/parameter:Parameter"
SECRET = "aws:secretsmanager/secret:Secret"
KEY = "aws:kms/key:Key"
SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
PROD = Configuration(environment="prod", account_id="111122223333")


@pytest.mark.failure(15)
def test_a_path_of_another_environment_is_told_not_to_mix() -> None:
    message = said("own-secret-env-name", PARAMETER, PROD, name="/cinematch/staging/db-password")
    assert (
        message
        == "it: name names another environment; use the names of this stack: environments must not mix"
    )


@pytest.mark.failure(18)
def test_a_misspelt_secret_is_offered_the_declared_name() -> None:
    declared = Configuration(secrets=("aiponge/entry-encryption-key", "aiponge/jwt-secret"))
    message = said("own-secret-declared", SECRET, declared, name="aiponge/entry_encryption_key")
    assert "its name is not declared, did you mean aiponge/entry-encryption-key?" in message


@pytest.mark.attack(14)
@pytest.mark.parametrize("type_", [SECRET_POLICY, KEY, ROLE_POLICY])
@pytest.mark.parametrize("principal", ["arn:aws:iam::999988887777:root", "999988887777"])
def test_a_policy_for_another_account_is_refused(type_: str, principal: str) -> None:
    lent = document({"Principal": {"AWS": [principal]}, "Action": "kms:Decrypt", "Resource": "*"})
    assert said("own-secret-env-name", type_, PROD, policy=lent).startswith(
        "it: policy names another account"
    )


@pytest.mark.attack(14)
def test_a_policy_for_our_own_account_by_its_number_is_let_through() -> None:
    own = document({"Principal": {"AWS": PROD.account_id}, "Action": "kms:Decrypt", "Resource": "*"})
    evaluation = judge(KEY, {**ours(KEY), "policy": own}, config=PROD)
    assert "own-secret-env-name" not in evaluation.findings
