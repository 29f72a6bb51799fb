"""Tests of the published ages: each thing that is configured has a metric, or the function fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import ANY

from functions.publish_ages import ages
from functions.publish_ages.handler import AgesMissing, handler
from tests.functions.stubs import Clients

NOW = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
NAMESPACE, PLAN, DATABASE = "Aiponge/Hygiene", "aiponge_monthly", "aiponge-rds"
KEY = "aiponge/entry-encryption-key"


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def versions(clients: Clients, *found: dict[str, Any], name: str = KEY) -> None:
    clients.answer("secretsmanager", "list_secret_version_ids", {"Versions": list(found)}, SecretId=name)


def version(label: str, made_at: datetime) -> dict[str, Any]:
    return {"VersionId": "0" * 32, "VersionStages": [label], "CreatedDate": made_at}


def measured(clients: Clients, *points: tuple[datetime, float], now: Any = NOW) -> None:
    """The restore tests that CloudWatch knows."""
    clients.answer(
        "cloudwatch",
        "get_metric_statistics",
        {"Datapoints": [{"Timestamp": at, "Maximum": value} for at, value in points]},
        Namespace=NAMESPACE,
        MetricName="RestoreTestSuccess",
        StartTime=ANY if now is ANY else now - timedelta(days=60),
        EndTime=now,
        Period=21600,
        Statistics=["Maximum"],
    )


def planned(clients: Clients, created_at: datetime) -> None:
    plan = {
        "CreationTime": created_at,
        "RecoveryPointSelection": {},
        "RestoreTestingPlanArn": "arn:aws:backup:eu-central-1:111122223333:restore-testing-plan:p",
        "RestoreTestingPlanName": PLAN,
        "ScheduleExpression": "cron(0 3 1 * ? *)",
    }
    clients.answer(
        "backup", "get_restore_testing_plan", {"RestoreTestingPlan": plan}, RestoreTestingPlanName=PLAN
    )


def test_takes_the_age_of_the_current_version_of_a_secret(clients: Clients) -> None:
    versions(clients, version("AWSPENDING", ago(1)), version("AWSCURRENT", ago(30)))
    found = ages.secret_age(clients.client("secretsmanager"), KEY, NOW)
    assert found == ages.Days("SecretAgeDays", 30, ("Name", KEY))


def test_reads_every_page_of_a_secrets_versions(clients: Clients) -> None:
    page = {"Versions": [version("AWSPREVIOUS", ago(60))], "NextToken": "2"}
    clients.answer("secretsmanager", "list_secret_version_ids", page, SecretId=KEY)
    page = {"Versions": [version("AWSCURRENT", ago(30))]}
    clients.answer("secretsmanager", "list_secret_version_ids", page, SecretId=KEY, NextToken="2")
    assert ages.secret_age(clients.client("secretsmanager"), KEY, NOW).days == 30


def test_misses_the_age_of_a_secret_without_a_current_version(clients: Clients) -> None:
    versions(clients, version("AWSPENDING", ago(1)))
    with pytest.raises(ages.AgeMissing, match=f"secret {KEY} has no current version"):
        ages.secret_age(clients.client("secretsmanager"), KEY, NOW)


def parameters(clients: Clients, name: str, *changed_at: datetime) -> None:
    clients.answer(
        "ssm",
        "describe_parameters",
        {"Parameters": [{"Name": name, "LastModifiedDate": at} for at in changed_at]},
        ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [name]}],
    )


def test_takes_the_age_of_the_last_change_of_a_parameter(clients: Clients) -> None:
    parameters(clients, "/cinematch/production/db-password", ago(12))
    found = ages.parameter_age(clients.client("ssm"), "/cinematch/production/db-password", NOW)
    assert found == ages.Days("SecretAgeDays", 12, ("Name", "/cinematch/production/db-password"))


def test_misses_the_age_of_a_parameter_that_does_not_exist(clients: Clients) -> None:
    parameters(clients, "/cinematch/production/db-password")
    with pytest.raises(ages.AgeMissing, match="db-password does not exist"):
        ages.parameter_age(clients.client("ssm"), "/cinematch/production/db-password", NOW)


def restore_test_age(clients: Clients) -> float:
    cloudwatch, backup = clients.client("cloudwatch"), clients.client("backup")
    return ages.restore_test_age(cloudwatch, backup, NAMESPACE, PLAN, NOW).days


def test_takes_the_age_of_the_last_successful_restore_test(clients: Clients) -> None:
    measured(clients, (ago(3), 0.0), (ago(34), 1.0), (ago(50), 1.0))
    assert restore_test_age(clients) == 34


def test_takes_the_age_of_the_plan_before_the_first_restore_test(clients: Clients) -> None:
    measured(clients, (ago(3), 0.0))
    planned(clients, ago(400))
    assert restore_test_age(clients) == 400


def authority(clients: Clients, valid_till: datetime) -> None:
    instances = {"DBInstances": [{"CACertificateIdentifier": "rds-ca-rsa2048-g1"}]}
    clients.answer("rds", "describe_db_instances", instances, DBInstanceIdentifier=DATABASE)
    certificates = {"Certificates": [{"ValidTill": valid_till}]}
    clients.answer("rds", "describe_certificates", certificates, CertificateIdentifier="rds-ca-rsa2048-g1")


def test_takes_the_days_of_the_authority_that_the_instance_uses(clients: Clients) -> None:
    authority(clients, NOW + timedelta(days=9000))
    found = ages.authority_days(clients.client("rds"), DATABASE, NOW)
    assert found == ages.Days("DatabaseCertificateAuthorityDays", 9000)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRIC_NAMESPACE", NAMESPACE)


def configured(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def published(clients: Clients, *metrics: tuple[str, dict[str, str]]) -> None:
    """Expect one request with these metrics, of any value."""
    data = [
        {
            "MetricName": metric,
            "Value": ANY,
            "Unit": "None",
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        }
        for metric, dimensions in metrics
    ]
    clients.answer("cloudwatch", "put_metric_data", {}, Namespace=NAMESPACE, MetricData=data)


def test_publishes_every_age_that_is_configured(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(
        monkeypatch,
        SECRETS=json.dumps([KEY]),
        PARAMETERS=json.dumps(["/a/b"]),
        RESTORE_TESTING_PLAN=PLAN,
        DATABASE_IDENTIFIER=DATABASE,
    )
    now = datetime.now(UTC)
    versions(clients, version("AWSCURRENT", now - timedelta(days=30)))
    parameters(clients, "/a/b", now - timedelta(days=3))
    measured(clients, (now - timedelta(days=20), 1.0), now=ANY)
    authority(clients, now + timedelta(days=900))
    published(
        clients,
        ("SecretAgeDays", {"Name": KEY}),
        ("SecretAgeDays", {"Name": "/a/b"}),
        ("RestoreTestAgeDays", {}),
        ("DatabaseCertificateAuthorityDays", {}),
    )
    found = handler({})
    assert {name: round(days) for name, days in found.items()} == {
        f"SecretAgeDays {KEY}": 30,
        "SecretAgeDays /a/b": 3,
        "RestoreTestAgeDays": 20,
        "DatabaseCertificateAuthorityDays": 900,
    }
    clients.assert_all_asked()


def test_publishes_the_other_ages_before_it_fails(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, SECRETS=json.dumps(["gone", "empty", KEY]))
    clients.refuse("secretsmanager", "list_secret_version_ids", "ResourceNotFoundException")
    versions(clients, name="empty")
    versions(clients, version("AWSCURRENT", ago(30)))
    published(clients, ("SecretAgeDays", {"Name": KEY}))
    with pytest.raises(AgesMissing) as caught:
        handler({})
    assert str(caught.value) == (
        "ListSecretVersionIds: ResourceNotFoundException; secret empty has no current version"
    )
    clients.assert_all_asked()


def test_fails_where_nothing_is_configured(clients: Clients) -> None:
    with pytest.raises(AgesMissing, match="all unset"):
        handler({})


def test_publishes_more_metrics_than_one_request_takes(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.publish_ages.handler.BATCH", 2)
    configured(monkeypatch, SECRETS=json.dumps(["a", "b", "c"]))
    for name in "abc":
        versions(clients, version("AWSCURRENT", ago(1)), name=name)
    published(clients, ("SecretAgeDays", {"Name": "a"}), ("SecretAgeDays", {"Name": "b"}))
    published(clients, ("SecretAgeDays", {"Name": "c"}))
    assert set(handler({})) == {"SecretAgeDays a", "SecretAgeDays b", "SecretAgeDays c"}
    clients.assert_all_asked()
