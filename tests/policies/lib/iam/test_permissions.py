"""Tests of permission documents: named actions, resources and secrets."""

from __future__ import annotations

import pytest
from rules.lib.iam import permissions

from tests.policies.cases.iam import OURS, allow, document

EXACT = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-AbCdEf"


@pytest.mark.attack(13)
@pytest.mark.parametrize(
    ("resource", "offends"),
    [
        (EXACT, False),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-??????", False),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-*", True),
        ("arn:aws:secretsmanager:*:111122223333:secret:aiponge/jwt-secret-AbCdEf", True),
        ("arn:aws:secretsmanager:eu-west-1:*:secret:aiponge/jwt-secret-AbCdEf", True),
        ("*", True),
    ],
)
def test_a_secret_is_read_by_its_exact_name(resource: str, offends: bool) -> None:
    found = permissions.violations(allow("secretsmanager:GetSecretValue", resource))
    assert ("iam-no-data-exfiltration" in found) is offends


@pytest.mark.attack(13)
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ({"Action": "*", "Resource": EXACT}, "iam-no-star-action"),
        ({"NotAction": "iam:*", "Resource": EXACT}, "iam-no-star-action"),
        ({"Action": "*", "Resource": "*"}, "iam-no-admin-star"),
        ({"Action": "secretsmanager:*", "Resource": EXACT}, "iam-no-service-star"),
        ({"Action": "rds:DescribeDBParameters", "Resource": "*"}, "iam-no-star-resource"),
        ({"Action": "rds:DescribeDBParameters", "NotResource": EXACT}, "iam-no-star-resource"),
        ({"Action": "kms:Decrypt", "Resource": "*"}, "iam-kms-scoped"),
        ({"Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/*"}, "iam-kms-scoped"),
    ],
)
def test_a_statement_names_its_actions_and_its_resources(statement: dict[str, str], rule: str) -> None:
    assert rule in permissions.violations(document(statement))


@pytest.mark.attack(13)
@pytest.mark.parametrize(
    ("name", "offends"),
    [
        ("cinematch/production/deploy/*", False),
        ("cinematch/production/*", True),
        ("cinematch/*", True),
        ("*", True),
    ],
)
def test_a_folder_of_parameters_is_one_below_the_environment(name: str, offends: bool) -> None:
    arn = f"arn:aws:ssm:eu-west-1:111122223333:parameter/{name}"
    assert ("iam-no-data-exfiltration" in permissions.violations(allow("ssm:GetParameters", arn))) is offends


def test_components_can_hand_their_documents_to_the_same_rules() -> None:
    assert permissions.violations(OURS) == set()
