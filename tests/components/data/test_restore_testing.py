"""Tests of the monthly restore test: what is restored, where to, and which function may do what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iam_documents import Request, may
from tests.components.alone import backup
from tests.components.stand_ins import ISOLATED, key_arn, secret_arn
from tests.harness import ACCOUNT, Deployment

RING = secret_arn("aiponge/entry-encryption-keyring")
CHECK, VALIDATE = "backup-test-check", "backup-test-validate"


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return backup()


def environment(deployment: Deployment, function: str) -> dict[str, Any]:
    return deployment.named(f"{function}-function")["environment"]["variables"]


def allowed(deployment: Deployment, function: str, action: str, resource: str, **context: str) -> bool:
    policy = deployment.named(f"{function}-permission").document("policy")
    return may(Request(action, resource, f"arn:aws:iam::{ACCOUNT}:role/any", context), [policy])


@pytest.mark.accepts("A43")
def test_the_latest_recovery_point_of_the_week_is_restored_every_month(prod: Deployment) -> None:
    plan = prod.only("aws:backup/restoreTestingPlan:RestoreTestingPlan")
    assert (plan["name"], plan["scheduleExpression"]) == ("aiponge_prod", "cron(0 8 1 * ? *)")
    assert plan["recoveryPointSelection"] == {
        "algorithm": "LATEST_WITHIN_WINDOW",
        "includeVaults": [prod.named("backup-vault").arn],
        "recoveryPointTypes": ["SNAPSHOT"],
        "selectionWindowDays": 7,
    }


@pytest.mark.accepts("A43", "A19")
def test_the_database_is_restored_into_the_isolated_subnets_and_the_group_of_restored_databases(
    prod: Deployment,
) -> None:
    selection = prod.only("aws:backup/restoreTestingSelection:RestoreTestingSelection")
    assert selection["protectedResourceType"] == "RDS"
    assert selection["protectedResourceArns"] == [f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:rds"]
    assert selection["iamRoleArn"] == prod.named("backup-test-restore", "aws:iam/role:Role").arn
    assert selection["restoreMetadataOverrides"] == {
        "dbSubnetGroupName": "isolated",
        "vpcSecurityGroupIds": '["sg-restored"]',
        "dbParameterGroupName": "postgres17",
        "enableIAMDatabaseAuthentication": "true",
        "multiAz": "false",
    }


@pytest.mark.accepts("A43")
def test_the_function_that_checks_is_in_the_isolated_subnets_alone(prod: Deployment) -> None:
    inside = prod.named(f"{CHECK}-function")["vpcConfig"]
    assert inside == {"subnetIds": ISOLATED.subnet_ids, "securityGroupIds": ["sg-check"]}
    assert "vpcConfig" not in prod.named(f"{VALIDATE}-function").inputs


@pytest.mark.accepts("A43")
def test_the_function_that_checks_is_told_what_the_stack_file_declares(prod: Deployment) -> None:
    told = environment(prod, CHECK)
    assert (told["DATABASE_NAME"], told["DATABASE_USER"]) == ("aiponge", "restore_reader")
    assert json.loads(told["TABLES"]) == {"lib_entries": 1, "usr_insights": 1, "usr_reflections": 1}
    assert (told["RING_SECRET_ARN"], told["SAMPLE_ROWS"]) == (RING, "100")
    columns = [(one["table"], one["column"]) for one in json.loads(told["ENCRYPTED_COLUMNS"])]
    assert columns == [
        ("lib_entries", "content"),
        ("usr_insights", "content"),
        ("usr_reflections", "challenge_question"),
        ("usr_reflections", "user_response"),
    ]


@pytest.mark.accepts("A43")
def test_without_encrypted_columns_it_reads_no_secret() -> None:
    deployment = backup("cinematch-production")
    assert set(environment(deployment, CHECK)) == {"DATABASE_NAME", "DATABASE_USER", "TABLES"}
    statements = deployment.named(f"{CHECK}-permission").document("policy")["Statement"]
    actions = {action for one in statements if one["Effect"] == "Allow" for action in one["Action"]}
    assert not {one for one in actions if one.startswith(("secretsmanager:", "kms:"))}


@pytest.mark.accepts("A3")
@pytest.mark.attack(15)
def test_the_function_that_checks_has_no_right_over_backups_and_databases(prod: Deployment) -> None:
    statements = prod.named(f"{CHECK}-permission").document("policy")["Statement"]
    actions = {action for one in statements if one["Effect"] == "Allow" for action in one["Action"]}
    assert not {one for one in actions if one.startswith(("rds:", "backup:"))}
    user = f"arn:aws:rds-db:eu-west-1:{ACCOUNT}:dbuser:db-ABC"
    assert allowed(prod, CHECK, "rds-db:connect", f"{user}/restore_reader")
    assert not allowed(prod, CHECK, "rds-db:connect", f"{user}/aiponge_admin")


@pytest.mark.accepts("A3", "A7")
@pytest.mark.attack(15)
def test_it_reads_the_keyring_and_no_other_secret(prod: Deployment) -> None:
    assert allowed(prod, CHECK, "secretsmanager:GetSecretValue", RING)
    assert not allowed(
        prod, CHECK, "secretsmanager:GetSecretValue", secret_arn("aiponge/entry-encryption-key")
    )
    through = {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
    ours = {**through, "kms:EncryptionContext:SecretARN": RING}
    other = {**through, "kms:EncryptionContext:SecretARN": secret_arn("aiponge/jwt-keyring")}
    assert allowed(prod, CHECK, "kms:Decrypt", key_arn("secrets"), **ours)
    assert not allowed(prod, CHECK, "kms:Decrypt", key_arn("secrets"), **other)
    assert not allowed(prod, CHECK, "kms:Decrypt", key_arn("secrets"))


@pytest.mark.accepts("A43")
def test_the_function_that_validates_is_invoked_after_restores_of_this_plan_only(prod: Deployment) -> None:
    rule = prod.named("backup-test-restored", "aws:cloudwatch/eventRule:EventRule")
    plan = prod.only("aws:backup/restoreTestingPlan:RestoreTestingPlan")
    assert rule.document("eventPattern") == {
        "source": ["aws.backup"],
        "detail-type": ["Restore Job State Change"],
        "detail": {"status": ["COMPLETED"], "restoreTestingPlanArn": [plan.arn]},
    }
    function = prod.named(f"{VALIDATE}-function")
    assert prod.only("aws:cloudwatch/eventTarget:EventTarget")["arn"] == function.arn
    permission = prod.only("aws:lambda/permission:Permission")
    assert (permission["function"], permission["sourceArn"]) == (function["name"], rule.arn)
    assert (permission["principal"], permission["sourceAccount"]) == ("events.amazonaws.com", ACCOUNT)


@pytest.mark.accepts("A43")
def test_it_invokes_the_check_and_reports_the_result(prod: Deployment) -> None:
    check = prod.named(f"{CHECK}-function")
    assert environment(prod, VALIDATE) == {
        "CHECK_FUNCTION": check["name"],
        "METRIC_NAMESPACE": "Aiponge/Hygiene",
    }
    assert allowed(prod, VALIDATE, "lambda:InvokeFunction", check.arn)
    assert allowed(prod, VALIDATE, "backup:DescribeRestoreJob", "*")
    assert allowed(prod, VALIDATE, "backup:PutRestoreValidationResult", "*")
    assert not allowed(prod, VALIDATE, "backup:StartRestoreJob", "*")
    assert not allowed(prod, VALIDATE, "lambda:InvokeFunction", f"{check.arn}-other")


@pytest.mark.parametrize(
    ("namespace", "may_publish"), [("Aiponge/Hygiene", True), ("Aiponge/App", False), ("AWS/RDS", False)]
)
def test_it_publishes_in_one_namespace(prod: Deployment, namespace: str, may_publish: bool) -> None:
    asked = {"cloudwatch:namespace": namespace}
    assert allowed(prod, VALIDATE, "cloudwatch:PutMetricData", "*", **asked) is may_publish


def test_it_describes_databases_of_restore_tests_only(prod: Deployment) -> None:
    base = f"arn:aws:rds:eu-west-1:{ACCOUNT}:db"
    assert allowed(prod, VALIDATE, "rds:DescribeDBInstances", f"{base}:awsbackup-restore-test-1")
    assert not allowed(prod, VALIDATE, "rds:DescribeDBInstances", f"{base}:aiponge-rds")


def test_the_function_that_validates_outlasts_the_check(prod: Deployment) -> None:
    check, validate = (prod.named(f"{one}-function")["timeout"] for one in (CHECK, VALIDATE))
    assert 240 < check < validate <= 900


def test_what_tests_backups_can_be_replaced_while_the_vaults_are_protected(prod: Deployment) -> None:
    assert prod.named(f"{CHECK}-function").protect is False
    assert prod.only("aws:backup/restoreTestingPlan:RestoreTestingPlan").protect is False
    assert prod.named("backup-vault").protect is True
