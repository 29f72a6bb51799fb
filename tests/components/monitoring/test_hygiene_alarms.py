"""Tests of the alarms on backups, restore tests and ages: thresholds, dimensions, and how long they wait."""

from __future__ import annotations

from typing import Any

import pytest

from components.monitoring.alarm import Alarm, Math, Metric
from components.monitoring.alarms.hygiene.ages import AgeMetrics, age_alarms, certificate_alarms
from components.monitoring.alarms.hygiene.backup import BackupMetrics, backup_alarms, backup_events

VAULT = "arn:aws:backup:eu-west-1:111122223333:backup-vault:aiponge-backup"
PLAN = "arn:aws:backup:eu-west-1:111122223333:restore-testing-plan:aiponge_prod-1"
BACKUP = BackupMetrics(
    vault_name="aiponge-backup",
    vault_arn=VAULT,
    restore_testing_plan_arn=PLAN,
    namespace="Aiponge/Hygiene",
    functions={},
    rules=(),
)
AGES = AgeMetrics(
    namespace="Aiponge/Hygiene",
    functions={"publish-ages": "aiponge-publish-ages"},
    rules=(),
    max_age_days={"aiponge/jwt": 90},
    restore_tests=True,
)
HOUR_S, DAY_S = 3600, 86_400
ALARMS = {one.slug: one for one in (*backup_alarms(BACKUP), *age_alarms(AGES), *certificate_alarms("arn:c"))}


def conditions(alarm: Alarm) -> tuple[Any, ...]:
    return alarm.id, alarm.compare, alarm.threshold, alarm.severity, alarm.periods, alarm.missing


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("backup-failed", ("S9", ">=", 1, "critical", 1, "notBreaching")),
        ("no-backup", ("S10", "<", 1, "critical", 36, "breaching")),
        ("restored-data-invalid", ("S11", "<", 1, "critical", 1, "notBreaching")),
        ("secret-overdue-aiponge-jwt", ("S7", ">", 90, "critical", 1, "notBreaching")),
        ("secret-due-aiponge-jwt", ("S7", ">", 81, "warning", 1, "notBreaching")),
        ("ages-unpublished", ("S8", "<", 1, "critical", 30, "breaching")),
        ("restore-test-old", ("S11", ">", 35, "critical", 1, "notBreaching")),
        ("database-authority-warning", ("S12", "<=", 90, "warning", 1, "notBreaching")),
        ("database-authority-critical", ("S12", "<=", 30, "critical", 1, "notBreaching")),
        ("certificate-warning", ("S12", "<=", 30, "warning", 1, "notBreaching")),
        ("certificate-critical", ("S12", "<=", 14, "critical", 1, "notBreaching")),
    ],
)
def test_an_alarm_compares_with_its_threshold(slug: str, expected: tuple[Any, ...]) -> None:
    assert conditions(ALARMS[slug]) == expected


def test_every_alarm_is_listed_above() -> None:
    assert len(ALARMS) == 11


HYGIENE, VAULT_NAME = "Aiponge/Hygiene", {"BackupVaultName": "aiponge-backup"}
PUBLISHES = {"FunctionName": "aiponge-publish-ages"}


@pytest.mark.parametrize(
    ("slug", "metric"),
    [
        ("no-backup", ("AWS/Backup", "NumberOfBackupJobsCompleted", VAULT_NAME, "Sum", HOUR_S)),
        ("restored-data-invalid", (HYGIENE, "RestoreTestSuccess", {}, "Minimum", HOUR_S)),
        ("secret-overdue-aiponge-jwt", (HYGIENE, "SecretAgeDays", {"Name": "aiponge/jwt"}, "Maximum", DAY_S)),
        ("ages-unpublished", ("AWS/Lambda", "Invocations", PUBLISHES, "Sum", HOUR_S)),
        ("restore-test-old", (HYGIENE, "RestoreTestAgeDays", {}, "Maximum", DAY_S)),
        ("database-authority-warning", (HYGIENE, "DatabaseCertificateAuthorityDays", {}, "Minimum", DAY_S)),
        (
            "certificate-warning",
            ("AWS/CertificateManager", "DaysToExpiry", {"CertificateArn": "arn:c"}, "Minimum", DAY_S),
        ),
    ],
)
def test_an_alarm_reads_the_metric_that_is_published(slug: str, metric: tuple[Any, ...]) -> None:
    series = ALARMS[slug].series
    assert isinstance(series, Metric)
    read = (series.namespace, series.name, series.dimensions, series.stat, series.period_s)
    assert read == metric


def test_failed_expired_and_aborted_jobs_are_added_where_aws_publishes_no_zero() -> None:
    series = ALARMS["backup-failed"].series
    assert isinstance(series, Math)
    assert series.expression == "FILL(failed, 0) + FILL(expired, 0) + FILL(aborted, 0)"
    assert {key: one.name for key, one in series.metrics.items()} == {
        "failed": "NumberOfBackupJobsFailed",
        "expired": "NumberOfBackupJobsExpired",
        "aborted": "NumberOfBackupJobsAborted",
    }
    assert all(one.dimensions == VAULT_NAME for one in series.metrics.values())


def test_no_alarm_watches_longer_than_cloudwatch_evaluates() -> None:
    for alarm in ALARMS.values():
        of = [alarm.series] if isinstance(alarm.series, Metric) else list(alarm.series.metrics.values())
        assert all(one.period_s * alarm.periods <= 7 * DAY_S for one in of)


@pytest.mark.parametrize(
    ("slug", "detail"),
    [
        ("copy-failed", {"state": ["FAILED", "PARTIAL"], "sourceBackupVaultArn": [VAULT]}),
        ("restore-test-failed", {"status": ["FAILED", "ABORTED"], "restoreTestingPlanArn": [PLAN]}),
    ],
)
def test_an_event_is_of_this_stacks_backups_only(slug: str, detail: dict[str, Any]) -> None:
    events = {one.slug: one for one in backup_events(BACKUP)}
    assert events[slug].pattern["detail"] == detail
    assert events[slug].severity == "critical"
