"""Tests of messages about RDS instances: backup days and encryption."""

from __future__ import annotations

import pytest

from tests.policies.messages import said

INSTANCE = "aws:rds/instance:Instance"


@pytest.mark.failure(9)
def test_too_few_days_of_backups_are_told_the_minimum() -> None:
    assert (
        said("rds-backup-7d", INSTANCE, backupRetentionPeriod=3) == "it: backup_retention_period: minimum 7"
    )


@pytest.mark.failure(11)
def test_switching_encryption_is_told_the_way_through_a_snapshot() -> None:
    assert "restore an encrypted snapshot copy" in said(
        "rds-storage-encrypted", INSTANCE, storageEncrypted=False
    )
