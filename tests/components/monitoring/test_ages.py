"""Tests of Ages: a daily function that reads metadata, and no value of a secret."""

from __future__ import annotations

import json

import pytest

from iam_documents import Request, may
from settings import read_stack_file
from tests.components.alone import ages
from tests.components.stand_ins import secret_arn
from tests.harness import ACCOUNT, Deployment


def variables(stack: str) -> dict[str, str]:
    return ages(stack).named("ages-publish-function")["environment"]["variables"]


def allowed(deployment: Deployment, action: str, resource: str, **context: str) -> bool:
    policy = deployment.named("ages-publish-permission").document("policy")
    return may(Request(action, resource, f"arn:aws:iam::{ACCOUNT}:role/any", context), [policy])


def test_it_is_told_every_secret_with_a_value_once() -> None:
    told = variables("prod")
    assert json.loads(told["SECRETS"]) == [one.name for one in read_stack_file("prod").secrets.values()]
    assert json.loads(told["PARAMETERS"]) == []
    assert (told["RESTORE_TESTING_PLAN"], told["DATABASE_IDENTIFIER"]) == ("aiponge_prod", "rds")


def test_parameters_are_told_apart_from_secrets() -> None:
    told = variables("cinematch-production")
    assert json.loads(told["SECRETS"]) == []
    assert json.loads(told["PARAMETERS"]) == [
        one.name for one in read_stack_file("cinematch-production").secrets.values()
    ]


def test_without_backups_it_is_told_no_restore_test() -> None:
    assert "RESTORE_TESTING_PLAN" not in variables("staging")


@pytest.mark.accepts("A7")
@pytest.mark.attack(15)
def test_it_reads_no_value() -> None:
    deployment, arn = ages(), f"{secret_arn('aiponge/jwt-secret')}-AbCdEf"
    assert allowed(deployment, "secretsmanager:ListSecretVersionIds", arn)
    assert not allowed(deployment, "secretsmanager:GetSecretValue", arn)
    assert not allowed(deployment, "ssm:GetParameter", "*")
    assert not allowed(deployment, "kms:Decrypt", "*")
    assert not allowed(deployment, "secretsmanager:ListSecretVersionIds", f"{arn}-longer")


@pytest.mark.parametrize(("namespace", "may_publish"), [("Aiponge/Hygiene", True), ("Aiponge/App", False)])
def test_it_publishes_in_one_namespace(namespace: str, may_publish: bool) -> None:
    asked = {"cloudwatch:namespace": namespace}
    assert allowed(ages(), "cloudwatch:PutMetricData", "*", **asked) is may_publish


def test_it_runs_every_day() -> None:
    deployment = ages()
    rule = deployment.only("aws:cloudwatch/eventRule:EventRule")
    function = deployment.named("ages-publish-function")
    assert (rule["scheduleExpression"], rule["state"]) == ("cron(0 5 * * ? *)", "ENABLED")
    assert deployment.only("aws:cloudwatch/eventTarget:EventTarget")["arn"] == function.arn
    permission = deployment.only("aws:lambda/permission:Permission")
    assert (permission["function"], permission["sourceArn"]) == (function["name"], rule.arn)
    assert (permission["principal"], permission["sourceAccount"]) == ("events.amazonaws.com", ACCOUNT)
