"""Tests of the alarms on backups, restore tests, and the ages of secrets and certificates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.monitoring import BackupMetrics, LoadBalancerMetrics
from components.monitoring.alarms.hygiene.ages import AgeMetrics
from tests.components.monitoring.monitored import BALANCER, NAMES, TARGETS, TOPICS, alarm, alarms, monitoring
from tests.harness import Deployment

VAULT = "arn:stand-in:vault"
PLAN = "arn:stand-in:restore-testing-plan"
CRITICAL, WARNING = [TOPICS["critical"]], [TOPICS["warning"]]
DAY_S = 86_400


@pytest.fixture(scope="module")
def watched() -> Deployment:
    names = {"publish-ages": NAMES.part("publish-ages")}
    return monitoring(
        backup=BackupMetrics(
            vault_name="aiponge-backup",
            vault_arn=VAULT,
            restore_testing_plan_arn=PLAN,
            namespace="Aiponge/Hygiene",
            functions={"validate-restore": NAMES.part("validate-restore")},
            rules=["database-restored"],
        ),
        ages=AgeMetrics(
            namespace="Aiponge/Hygiene",
            functions=names,
            rules=["publish-ages"],
            max_age_days={"aiponge/jwt-secret": 90, "/aiponge/prod/key": 365},
            restore_tests=True,
        ),
        load_balancer=LoadBalancerMetrics(
            load_balancer=BALANCER, target_group=TARGETS, certificate_arn="arn:stand-in:certificate"
        ),
    )


def measured(found: dict[str, Any]) -> tuple[Any, ...]:
    """What an alarm measures, and from which value on it goes off."""
    return (
        found["namespace"],
        found["metricName"],
        found["statistic"],
        found["period"],
        found["comparisonOperator"],
        found["threshold"],
        found["treatMissingData"],
    )


OVER, UNDER, AT_MOST = "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"
HYGIENE, QUIET, LOUD = "Aiponge/Hygiene", "notBreaching", "breaching"


@pytest.mark.accepts("A42", "A43")
@pytest.mark.parametrize(
    ("label", "expected", "dimensions", "actions"),
    [
        (
            "S10-no-backup",
            ("AWS/Backup", "NumberOfBackupJobsCompleted", "Sum", 3600, UNDER, 1, LOUD),
            {"BackupVaultName": "aiponge-backup"},
            CRITICAL,
        ),
        (
            "S11-restored-data-invalid",
            (HYGIENE, "RestoreTestSuccess", "Minimum", 3600, UNDER, 1, QUIET),
            {},
            CRITICAL,
        ),
        (
            "S11-restore-test-old",
            (HYGIENE, "RestoreTestAgeDays", "Maximum", DAY_S, OVER, 35, QUIET),
            {},
            CRITICAL,
        ),
        (
            "S7-secret-overdue-aiponge-jwt-secret",
            (HYGIENE, "SecretAgeDays", "Maximum", DAY_S, OVER, 90, QUIET),
            {"Name": "aiponge/jwt-secret"},
            CRITICAL,
        ),
        (
            "S7-secret-due-aiponge-jwt-secret",
            (HYGIENE, "SecretAgeDays", "Maximum", DAY_S, OVER, 81, QUIET),
            {"Name": "aiponge/jwt-secret"},
            WARNING,
        ),
        (
            "S7-secret-overdue-aiponge-prod-key",
            (HYGIENE, "SecretAgeDays", "Maximum", DAY_S, OVER, 365, QUIET),
            {"Name": "/aiponge/prod/key"},
            CRITICAL,
        ),
        (
            "S8-ages-unpublished",
            ("AWS/Lambda", "Invocations", "Sum", 3600, UNDER, 1, LOUD),
            {"FunctionName": "aiponge-publish-ages"},
            CRITICAL,
        ),
        (
            "S12-database-authority-warning",
            (HYGIENE, "DatabaseCertificateAuthorityDays", "Minimum", DAY_S, AT_MOST, 90, QUIET),
            {},
            WARNING,
        ),
        (
            "S12-database-authority-critical",
            (HYGIENE, "DatabaseCertificateAuthorityDays", "Minimum", DAY_S, AT_MOST, 30, QUIET),
            {},
            CRITICAL,
        ),
        (
            "S12-certificate-warning",
            ("AWS/CertificateManager", "DaysToExpiry", "Minimum", DAY_S, AT_MOST, 30, QUIET),
            {"CertificateArn": "arn:stand-in:certificate"},
            WARNING,
        ),
        (
            "S12-certificate-critical",
            ("AWS/CertificateManager", "DaysToExpiry", "Minimum", DAY_S, AT_MOST, 14, QUIET),
            {"CertificateArn": "arn:stand-in:certificate"},
            CRITICAL,
        ),
    ],
)
def test_each_alarm_measures_what_it_says_and_notifies_its_topic(
    watched: Deployment,
    label: str,
    expected: tuple[Any, ...],
    dimensions: dict[str, str],
    actions: list[str],
) -> None:
    found = alarm(watched, label)
    assert measured(found) == expected
    assert found.get("dimensions", {}) == dimensions
    assert found["alarmActions"] == found["okActions"] == actions
    hours = {"S10-no-backup": 36, "S8-ages-unpublished": 30}.get(label, 1)
    assert (found["evaluationPeriods"], found["datapointsToAlarm"]) == (hours, hours)


@pytest.mark.accepts("A42")
def test_a_backup_job_that_fails_expires_or_is_aborted_is_critical(watched: Deployment) -> None:
    found = alarm(watched, "S9-backup-failed")
    metrics = {one["id"]: one["metric"] for one in found["metricQueries"] if "metric" in one}
    assert {one["metricName"] for one in metrics.values()} == {
        f"NumberOfBackupJobs{state}" for state in ("Failed", "Expired", "Aborted")
    }
    for one in metrics.values():
        assert (one["namespace"], one["stat"], one["period"]) == ("AWS/Backup", "Sum", DAY_S)
        assert one["dimensions"] == {"BackupVaultName": "aiponge-backup"}
    (result,) = [one["expression"] for one in found["metricQueries"] if "expression" in one]
    assert result == "FILL(failed, 0) + FILL(expired, 0) + FILL(aborted, 0)"
    assert (found["comparisonOperator"], found["threshold"]) == ("GreaterThanOrEqualToThreshold", 1)
    assert found["alarmActions"] == CRITICAL


@pytest.mark.accepts("A42", "A43")
@pytest.mark.parametrize(
    ("label", "detail_type", "detail"),
    [
        (
            "S9-copy-failed",
            "Copy Job State Change",
            {"state": ["FAILED", "PARTIAL"], "sourceBackupVaultArn": [VAULT]},
        ),
        (
            "S11-restore-test-failed",
            "Restore Job State Change",
            {"status": ["FAILED", "ABORTED"], "restoreTestingPlanArn": [PLAN]},
        ),
    ],
)
def test_a_copy_or_a_restore_that_fails_is_an_event(
    watched: Deployment, label: str, detail_type: str, detail: dict[str, Any]
) -> None:
    rule = watched.named(f"monitoring-{label}", "EventRule")
    assert rule.document("eventPattern") == {
        "source": ["aws.backup"],
        "detail-type": [detail_type],
        "detail": detail,
    }
    target = watched.named(f"monitoring-{label}", "EventTarget")
    assert target["arn"] == TOPICS["critical"]
    assert json.loads(target["inputTransformer"]["inputTemplate"]).endswith("<what>: <why>")


@pytest.mark.parametrize("function", ["validate-restore", "publish-ages"])
def test_a_function_that_fails_is_reported(watched: Deployment, function: str) -> None:
    found = alarm(watched, f"S6-function-{function}")
    assert found["dimensions"] == {"FunctionName": f"aiponge-{function}"}
    assert found["alarmActions"] == CRITICAL


@pytest.mark.parametrize("rule", ["database-restored", "publish-ages", "S9-copy-failed"])
def test_a_rule_that_cannot_call_its_target_is_reported(watched: Deployment, rule: str) -> None:
    assert alarm(watched, f"S16-failed-{rule}")["dimensions"] == {"RuleName": f"aiponge-{rule}"}


def test_without_restore_tests_there_is_no_alarm_on_their_age() -> None:
    bare = AgeMetrics(
        namespace=HYGIENE,
        functions={"publish-ages": "aiponge-publish-ages"},
        rules=[],
        max_age_days={},
        restore_tests=False,
    )
    found = {one.name for one in alarms(monitoring(ages=bare))}
    assert {one for one in found if one.startswith("monitoring-S11")} == set()


def test_no_rotation_is_reported_where_nothing_rotates(watched: Deployment) -> None:
    assert [one.name for one in watched.all("EventRule") if one.name.startswith("monitoring-S6")] == []
