"""Restores a backup into a new instance, with AWS Backup or with RDS, and waits until it is available."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ops.checks.verify.data.database import instance
from ops.core import answers
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.session import error_code
from ops.operations import Record, RecordStep
from ops.restore.copies import describe, tag
from ops.restore.placement import Placement
from ops.restore.recovery_points import RecoveryPoint

BROKEN = frozenset(
    {
        "failed",
        "inaccessible-encryption-credentials",
        "inaccessible-encryption-credentials-recoverable",
        "incompatible-network",
        "incompatible-option-group",
        "incompatible-parameters",
        "incompatible-restore",
        "insufficient-capacity",
        "restore-error",
        "storage-full",
    }
)
"""The statuses of an instance that waiting does not change.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
"""
_REFUSED = frozenset(
    {
        "DBSnapshotNotFound",
        "InvalidDBSnapshotState",
        "InvalidParameterValueException",
        "InvalidRequestException",
        "InvalidRestoreFault",
        "KMSKeyNotAccessibleFault",
        "PointInTimeRestoreNotEnabled",
        "ResourceNotFoundException",
    }
)
"""Errors of AWS that mean that this backup cannot be restored, now or later."""


class Failed(Stop):
    """Ends a drill with the result that the backup was not restored as it should be."""

    def __init__(self, problem: str) -> None:
        super().__init__(Exit.FINDING, problem)


@dataclass(frozen=True)
class Copy:
    """The copy that a drill creates."""

    name: str
    point: RecoveryPoint
    placement: Placement
    tags: Mapping[str, str]
    token: str
    """The idempotency token of a restore job."""


def restore(context: StackContext, copy: Copy, step: RecordStep, save: Callable[[], None]) -> None:
    """Start the restore unless it was started, and wait; :class:`Failed` where AWS cannot restore it.

    Measures the seconds until the copy is available; after an interruption they include the interruption.
    """
    step.facts.setdefault("started", datetime.now(UTC).isoformat())
    if "job" not in step.facts and describe(context, copy.name) is None:
        save()
        with _refusals(copy.point):
            step.facts |= _start(context, copy)
        save()
        context.boundary("restore started")
    if not context.clock.until(context.clock.restore_s, lambda: _available(context, copy, step)):
        raise Stop(
            Exit.PARTLY,
            f"{copy.name} is not available yet: read its events in RDS, then continue with --resume",
        )
    since = datetime.fromisoformat(step.facts["started"])
    step.facts["seconds"] = str(round((datetime.now(UTC) - since).total_seconds()))


def _start(context: StackContext, copy: Copy) -> dict[str, str]:
    """Start the restore; the ID of the restore job where AWS Backup runs it."""
    if copy.point.source == "recovery point":
        return {"job": _start_job(context, copy)}
    rds, point = context.aws.client("rds"), copy.point
    common: dict[str, Any] = {
        "DBSubnetGroupName": copy.placement.subnet_group,
        "VpcSecurityGroupIds": [copy.placement.security_group_id],
        "PubliclyAccessible": False,
        "MultiAZ": False,
        "DeletionProtection": False,
        "EnableIAMDatabaseAuthentication": True,
        "Tags": [{"Key": key, "Value": value} for key, value in copy.tags.items()],
        **_parameter_group(context),
    }
    if point.source == "snapshot":
        rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier=copy.name, DBSnapshotIdentifier=point.name, **common
        )
    else:
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier=point.name,
            TargetDBInstanceIdentifier=copy.name,
            RestoreTime=point.created,
            **common,
        )
    return {}


def _start_job(context: StackContext, copy: Copy) -> str:
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
        **_parameter_group(context),
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


def _parameter_group(context: StackContext) -> dict[str, str]:
    """The parameter group of the stack's database, which requires TLS; nothing where that is lost."""
    groups = (instance(context.aws) or {}).get("DBParameterGroups", [])
    return {"DBParameterGroupName": groups[0]["DBParameterGroupName"]} if groups else {}


def _available(context: StackContext, copy: Copy, step: RecordStep) -> bool:
    job = step.facts.get("job")
    completed = job is None or _completed(context, job)
    found = describe(context, copy.name)
    if found is None:
        if completed and job is not None:
            raise Failed(f"restore job {job} is COMPLETED, but {copy.name} does not exist")
        return False
    tag(context, found, copy.tags)
    status = found["DBInstanceStatus"]
    if status in BROKEN:
        raise Failed(f"{copy.name} is {status}")
    return completed and status == "available"


def _completed(context: StackContext, job: str) -> bool:
    found = context.aws.client("backup").describe_restore_job(RestoreJobId=job)
    if found["Status"] in ("ABORTED", "FAILED"):
        message = found.get("StatusMessage") or "AWS Backup gives no reason"
        raise Failed(f"restore job {job} is {found['Status']}: {message}")
    return found["Status"] == "COMPLETED"


@contextmanager
def _refusals(point: RecoveryPoint) -> Iterator[None]:
    """Turn AWS's errors about this backup into a result of the drill."""
    try:
        yield
    except ClientError as error:
        if error_code(error) not in _REFUSED:
            raise
        raise Failed(f"{point} cannot be restored: {error.operation_name}: {error_code(error)}") from None


def settle(context: StackContext, copy: Copy, record: Record) -> None:
    """Wait until AWS Backup runs no job for this backup: a running one would create the copy afterwards.

    AWS Backup has no call that ends a restore job.
    """
    if copy.point.source != "recovery point":
        return
    since = datetime.fromisoformat(record.started)

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
