"""Runs a restore job of AWS Backup."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from ops.core import answers
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.operations import Record
from ops.restore.target import Copy, Failed, parameter_group

CLOCK_SKEW = timedelta(hours=1)
"""How far the clock of the machine that began the drill may be ahead of AWS's."""


def start_job(context: StackContext, copy: Copy) -> str:
    """Start the job, once for each token; its ID."""
    backup, names = context.aws.client("backup"), context.settings.names
    known = backup.get_recovery_point_restore_metadata(
        BackupVaultName=names.backup_vault, RecoveryPointArn=copy.point.name
    )["RestoreMetadata"]
    wanted = {
        "DBInstanceIdentifier": copy.name,
        "DBSubnetGroupName": copy.placement.subnet_group,
        "VpcSecurityGroupIds": json.dumps([copy.placement.security_group_id]),
        "PubliclyAccessible": "false",
        "MultiAZ": "false",
        "DeletionProtection": "false",
        "EnableIAMDatabaseAuthentication": "true",
        **parameter_group(context),
    }
    # The names of metadata are not case-sensitive: one name must not be there twice.
    replaced = {key.lower() for key in wanted} | {"availabilityzone"}  # one that has none of our subnets
    kept = {key: value for key, value in known.items() if key.lower() not in replaced}
    answer = backup.start_restore_job(
        RecoveryPointArn=copy.point.name,
        Metadata=kept | wanted,
        IamRoleArn=names.role_arn(names.restore_role),
        IdempotencyToken=copy.token,
        ResourceType="RDS",
    )
    return str(answer["RestoreJobId"])


def finished(context: StackContext, job: str) -> bool:
    """Whether the job has restored the backup; :class:`Failed` where it never will."""
    found = context.aws.client("backup").describe_restore_job(RestoreJobId=job)
    if found["Status"] in ("ABORTED", "FAILED"):
        message = found.get("StatusMessage") or "AWS Backup gives no reason"
        raise Failed(f"restore job {job} is {found['Status']}: {message}")
    return found["Status"] == "COMPLETED"


def settle(context: StackContext, copy: Copy, record: Record) -> None:
    """Wait until AWS Backup runs no job for this backup: a running one would create the copy afterwards.

    AWS Backup has no call that ends a restore job.
    """
    if copy.point.source != "recovery point":
        return
    since = datetime.fromisoformat(record.started) - CLOCK_SKEW

    def settled() -> bool:
        jobs = answers.listed(
            context.aws.client("backup"), "list_restore_jobs", "RestoreJobs", ByCreatedAfter=since
        )
        mine = [one for one in jobs if one["RecoveryPointArn"] == copy.point.name]
        return not any(one["Status"] in ("PENDING", "RUNNING") for one in mine)

    if not context.clock.until(context.clock.restore_s, settled):
        raise Stop(
            Exit.PARTLY, f"AWS Backup still restores the {copy.point}: wait, then continue with --resume"
        )
