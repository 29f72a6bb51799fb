"""Tests of the check of every call: each kind of violation is refused before anything reaches AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.validation import InvalidParameters
from tests.sandbox import toy
from tests.sandbox.validation.planted import client, send

ROLE: dict[str, Any] = {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}
INSTANCE: dict[str, Any] = {
    "DBInstanceIdentifier": "one",
    "DBInstanceClass": "db.t4g.medium",
    "Engine": "postgres",
    "AllocatedStorage": 20,
    "MasterUsername": "one",
    "ManageMasterUserPassword": True,
}
ALARM: dict[str, Any] = {
    "AlarmName": "one",
    "MetricName": "Errors",
    "Namespace": "AWS/Lambda",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}
MODEL = [
    (
        "secretsmanager.RotateSecret",
        {"SecretId": "one", "RotationRules": {"AutomaticallyAfterDays": 1001}},
        "RotationRules.AutomaticallyAfterDays: 1001, at most 1000",
    ),
    ("iam.CreateRole", ROLE | {"RoleName": "r" * 65}, "RoleName: 65 characters, at most 64"),
    ("iam.CreateRole", ROLE | {"RoleName": "a role"}, r"RoleName: 'a role' must match [\w+=,.@-]+"),
    ("iam.CreateRole", {"RoleName": "r"}, "AssumeRolePolicyDocument: required"),
    ("cloudwatch.PutMetricAlarm", ALARM | {"Statistic": "Median"}, "Statistic: must be Average, Maximum"),
    (
        "kms.CreateKey",
        {"Tags": [{"TagKey": "k" * 129, "TagValue": "v"}]},
        "Tags[0].TagKey: 129 characters, at most 128",
    ),
    (
        "ecs.CreateService",
        {"serviceName": "s", "launchType": "FARGAT"},
        "launchType: must be EC2, EXTERNAL, FARGATE",
    ),
]
SCHEMAS = [
    (
        "logs.PutRetentionPolicy",
        {"logGroupName": "one", "retentionInDays": 31},
        "RetentionInDays: must be 1, 3, 5, 7, 14, 30, 60",
        "AWS::Logs::LogGroup",
    ),
    (
        "rds.CreateDBInstance",
        INSTANCE | {"DBInstanceIdentifier": "ends-with-"},
        "DBInstanceIdentifier: 'ends-with-' must match",
        "AWS::RDS::DBInstance",
    ),
    (
        "rds.CreateDBInstance",
        INSTANCE | {"BackupRetentionPeriod": 36},
        "BackupRetentionPeriod: 36, at most 35",
        "AWS::RDS::DBInstance",
    ),
    (
        "rds.CreateDBInstance",
        INSTANCE | {"KmsKeyId": "alias/one", "StorageEncrypted": False},
        "StorageEncrypted: must not be False here",
        "AWS::RDS::DBInstance",
    ),
    (
        "elbv2.CreateLoadBalancer",
        {"Name": "one", "Subnets": ["subnet-1"], "Type": "application"},
        "Subnets: 1 items, at least 2",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
    ),
]


@pytest.mark.parametrize(
    ("call", "params", "said"), MODEL, ids=lambda one: one if isinstance(one, str) else ""
)
def test_what_the_service_model_does_not_allow_is_refused(
    call: str, params: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidParameters) as refused:
        send(call, params)
    assert str(refused.value).startswith(f"{call}: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("call", "params", "said", "source"), SCHEMAS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_what_cloudformation_does_not_allow_is_refused(
    call: str, params: dict[str, Any], said: str, source: str
) -> None:
    with pytest.raises(InvalidParameters) as refused:
        send(call, params)
    assert str(refused.value).startswith(f"{call}: ")
    assert said in str(refused.value)
    assert f"(CloudFormation: {source})" in str(refused.value)


def test_all_violations_of_a_call_are_named_at_once() -> None:
    with pytest.raises(InvalidParameters) as refused:
        client("rds").create_db_instance(
            **INSTANCE | {"DBInstanceIdentifier": "9", "BackupRetentionPeriod": 90}
        )
    assert "DBInstanceIdentifier: '9' must match" in str(refused.value)
    assert "BackupRetentionPeriod: 90, at most 35" in str(refused.value)


SECRET = "hunter2-hunter2"


@pytest.mark.parametrize(
    ("call", "params"),
    [
        (
            "ssm.PutParameter",
            {"Name": "/one", "Value": SECRET, "Type": "SecretString", "AllowedPattern": "x" * 1025},
        ),
        ("secretsmanager.CreateSecret", {"Name": "one", "SecretString": SECRET * 5000}),
        ("rds.CreateDBInstance", INSTANCE | {"MasterUserPassword": SECRET, "BackupRetentionPeriod": 90}),
        (
            "elasticache.CreateUser",
            {"UserId": "-", "UserName": "u", "Engine": "redi", "AccessString": "on", "Passwords": [SECRET]},
        ),
        (
            "lambda.CreateFunction",
            {"FunctionName": "one", "Role": "x", "Code": {}, "Environment": {"Variables": {"1": SECRET}}},
        ),
    ],
)
def test_a_message_contains_no_secret_value(call: str, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameters) as refused:
        send(call, params)
    assert SECRET not in str(refused.value)


def test_a_violation_fails_the_update_and_names_resource_call_and_rule(tmp_path: Path) -> None:
    folder = toy.project(
        tmp_path,
        """
        aws.cloudwatch.LogGroup("log", name="log", retention_in_days=31)
        aws.iam.Role("role", name="a" * 65, assume_role_policy="{}")
        """,
    )
    with toy.sandbox(folder) as sandbox:
        result = sandbox.up()
    assert result.exit_code == 1
    assert "aws:cloudwatch/logGroup:LogGroup (log): creation failed" in result.error
    assert "AWS would refuse logs.PutRetentionPolicy: RetentionInDays: must be 1, 3" in result.error
