"""Restores a backup into a new instance, with AWS Backup or with RDS, and waits until it is available."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.session import error_code
from ops.operations import RecordStep
from ops.restore.copies import describe, tag
from ops.restore.jobs import finished, start_job
from ops.restore.recovery_points import RecoveryPoint
from ops.restore.target import Copy, Failed, parameter_group

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
        return {"job": start_job(context, copy)}
    rds, point = context.aws.client("rds"), copy.point
    common: dict[str, Any] = {
        "DBSubnetGroupName": copy.placement.subnet_group,
        "VpcSecurityGroupIds": [copy.placement.security_group_id],
        "PubliclyAccessible": False,
        "MultiAZ": False,
        "DeletionProtection": False,
        "EnableIAMDatabaseAuthentication": True,
        "Tags": [{"Key": key, "Value": value} for key, value in copy.tags.items()],
        **parameter_group(context),
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


def _available(context: StackContext, copy: Copy, step: RecordStep) -> bool:
    job = step.facts.get("job")
    completed = job is None or finished(context, job)
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


@contextmanager
def _refusals(point: RecoveryPoint) -> Iterator[None]:
    """Turn AWS's errors about this backup into a result of the drill."""
    try:
        yield
    except ClientError as error:
        if error_code(error) not in _REFUSED:
            raise
        raise Failed(f"{point} cannot be restored: {error.operation_name}: {error_code(error)}") from None
