"""Alarms on backups that fail or do not run, and events of copies and restore tests that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.monitoring.alarm import Alarm, Math, Metric
from components.monitoring.event_rule import Event

DAY_S, HOUR_S = 86_400, 3600
BACKUP_HOURS = 36
"""How long no backup may end: an early one, and one at the end of its window, are 31 hours apart."""
_FAILURES = ("Failed", "Expired", "Aborted")


@dataclass(frozen=True, kw_only=True)
class BackupMetrics:
    """The vault and the restore testing plan."""

    vault_name: pulumi.Input[str]
    vault_arn: pulumi.Input[str]
    restore_testing_plan_arn: pulumi.Input[str]
    namespace: str
    """The namespace of the metrics of restore tests."""
    functions: Mapping[str, pulumi.Input[str]]
    """Names of the functions of the restore test, by what they do."""
    rules: Sequence[str]
    """Event rules that invoke them: their names after the application's prefix."""


def backup_alarms(backup: BackupMetrics) -> Iterator[Alarm]:
    """Yield the alarms on the backup jobs of the vault."""

    def jobs(state: str, period_s: int = DAY_S) -> Metric:
        return Metric(
            namespace="AWS/Backup",
            name=f"NumberOfBackupJobs{state}",
            dimensions={"BackupVaultName": backup.vault_name},
            period_s=period_s,
        )

    yield Alarm(
        id="S9",
        slug="backup-failed",
        description="A backup job failed, expired or was aborted: read its message in AWS Backup.",
        series=Math(
            # AWS Backup publishes a number only where it is not zero.
            expression=" + ".join(f"FILL({state.lower()}, 0)" for state in _FAILURES),
            label="failed backup jobs",
            metrics={state.lower(): jobs(state) for state in _FAILURES},
        ),
        threshold=1,
        severity="critical",
    )
    yield Alarm(
        id="S10",
        slug="no-backup",
        description=f"No backup job was completed for {BACKUP_HOURS} hours.",
        series=jobs("Completed", HOUR_S),
        compare="<",
        threshold=1,
        severity="critical",
        periods=BACKUP_HOURS,
        missing="breaching",
    )
    yield Alarm(
        id="S11",
        slug="restored-data-invalid",
        description="A restored database lacks rows, or its encrypted values cannot be decrypted.",
        series=Metric(namespace=backup.namespace, name="RestoreTestSuccess", stat="Minimum", period_s=3600),
        compare="<",
        threshold=1,
        severity="critical",
    )


def backup_events(backup: BackupMetrics) -> Iterator[Event]:
    """Yield the events of copies and restore tests that fail."""
    yield Event(
        id="S9",
        slug="copy-failed",
        description="A backup could not be copied to the other region.",
        pattern={
            "source": ["aws.backup"],
            "detail-type": ["Copy Job State Change"],
            "detail": {"state": ["FAILED", "PARTIAL"], "sourceBackupVaultArn": [backup.vault_arn]},
        },
        what="$.detail.copyJobId",
        why="$.detail.state",
    )
    yield Event(
        id="S11",
        slug="restore-test-failed",
        description="A restore test could not restore the database.",
        pattern={
            "source": ["aws.backup"],
            "detail-type": ["Restore Job State Change"],
            "detail": {
                "status": ["FAILED", "ABORTED"],
                "restoreTestingPlanArn": [backup.restore_testing_plan_arn],
            },
        },
        what="$.detail.restoreJobId",
        why="$.detail.status",
    )
