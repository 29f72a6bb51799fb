"""AWS Backup and RDS: restores, as state machines whose states a test can set; moto has none of this.

A restored instance is a record in moto with the settings that were asked for, without a server behind it. The
states and their order, the idempotency token, and errors for expired recovery points follow AWS's
documentation; which error code AWS gives for an expired recovery point was not seen on AWS.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.backends import get_backend

from sandbox.moto import routes
from sandbox.moto.hooks import Asked, Params, Refused, answers, corrects
from sandbox.moto.memory import every, forget_kind, memory, named

JOB, POINT, INSTANCE = "restore job", "recovery point", "restored instance"
MANAGED = "awsbackup"
"""The type of the snapshots that AWS Backup creates."""
ENDED = frozenset({"COMPLETED", "FAILED", "ABORTED"})
METADATA = {
    "DBInstanceClass": "db_instance_class",
    "DBInstanceIdentifier": "db_instance_identifier",
    "DBParameterGroupName": "db_parameter_group_name",
    "DBSubnetGroupName": "db_subnet_group_name",
    "DeletionProtection": "deletion_protection",
    "EnableIAMDatabaseAuthentication": "enable_iam_database_authentication",
    "MultiAZ": "multi_az",
    "Port": "port",
    "PubliclyAccessible": "publicly_accessible",
    "VpcSecurityGroupIds": "vpc_security_group_ids",
}
"""The members of a recovery point's restore metadata that are emulated, with moto's names."""

OFF = ("DeletionProtection", "MultiAZ", "PubliclyAccessible")
"""The members that are true or false and have the same name in requests to RDS."""


@dataclass(frozen=True)
class Script:
    """The states of the restores that begin while it is followed; each description shows the next one."""

    job: tuple[str, ...] = ("PENDING", "RUNNING", "COMPLETED")
    """The states of a restore job of AWS Backup; RUNNING creates the instance."""
    message: str = ""
    """The status message of a job in its last state."""
    instance: tuple[str, ...] = ("creating", "available")
    """The states of the restored instance."""
    plan: str = ""
    """The ARN of the restore testing plan that starts the job, as AWS Backup does every month."""
    ignored: tuple[str, ...] = ()
    """Members of the metadata that the job ignores."""
    differs: Params = field(default_factory=dict)
    """Members of the restored instance's description that differ from what was asked for."""


_followed: list[Script] = [Script()]


@contextmanager
def following(script: Script) -> Iterator[None]:
    """Let restores that begin in the ``with`` block go through these states."""
    _followed.append(script)
    try:
        yield
    finally:
        _followed.remove(script)


def forget() -> None:
    """Forget every restore job and recovery point."""
    for kind in (JOB, POINT):
        forget_kind(kind)


def expire(arn: str) -> None:
    """Let a recovery point reach the end of its lifecycle, which AWS Backup shows until it deletes it."""
    for kept in named(POINT, arn):
        kept["Status"] = "EXPIRED"


def snapshot(asked: Asked, arn: str, resource: str) -> None:
    """Keep the settings of the instance of a new recovery point, as a snapshot that AWS Backup owns."""
    backend, name = _rds(asked), resource.rpartition(":")[2]
    if name in backend.databases:
        backend.create_db_snapshot(name, arn.partition(":snapshot:")[2], snapshot_type=MANAGED)


@corrects("rds", "DescribeDBSnapshots")
def hide_managed(asked: Asked, answer: Params) -> Params:
    """Show the snapshots that AWS Backup owns only to callers who ask for their type, or for one by name."""
    if asked.params.get("SnapshotType") or asked.params.get("DBSnapshotIdentifier"):
        return answer
    found = [one for one in answer.get("DBSnapshots", []) if one.get("SnapshotType") != MANAGED]
    return {**answer, "DBSnapshots": found}


@answers("backup", "DeleteRecoveryPoint")
def delete(asked: Asked) -> Params:
    """Delete a recovery point."""
    memory(POINT, asked, _point(asked)["RecoveryPointArn"]).clear()
    return {}


@answers("backup", "GetRecoveryPointRestoreMetadata")
def metadata(asked: Asked) -> Params:
    """The settings of the instance at the time of the backup, each as text."""
    point = _point(asked)
    database = _snapshot(asked, point["RecoveryPointArn"]).database
    groups = list(database.vpc_security_group_ids)
    found = {
        "DBInstanceClass": database.db_instance_class,
        "DBInstanceIdentifier": database.db_instance_identifier,
        "DeletionProtection": json.dumps(bool(database.deletion_protection)),
        "EnableIAMDatabaseAuthentication": "false",
        "MultiAZ": json.dumps(bool(database.multi_az)),
        "PubliclyAccessible": json.dumps(bool(database.publicly_accessible)),
        "VpcSecurityGroupIds": json.dumps(groups),
    }
    vault = f"arn:aws:backup:{asked.region}:{asked.account}:backup-vault:{point['BackupVaultName']}"
    return {
        "BackupVaultArn": vault,
        "RecoveryPointArn": point["RecoveryPointArn"],
        "RestoreMetadata": found,
        "ResourceType": "RDS",
    }


@answers("backup", "StartRestoreJob")
def start(asked: Asked) -> Params:
    """Begin a restore; the same idempotency token begins no second one."""
    token = asked.params.get("IdempotencyToken")
    for name, kept in every(JOB, asked):
        if token and kept["token"] == token:
            return {"RestoreJobId": name}
    point = _point(asked)
    if point["Status"] != "COMPLETED":
        raise Refused("InvalidRequestException", f"Recovery point is {point['Status']}.")
    job = str(uuid.uuid4())
    memory(JOB, asked, job).update(
        token=token,
        arn=point["RecoveryPointArn"],
        role=asked.params["IamRoleArn"],
        metadata=dict(asked.params["Metadata"]),
        script=_followed[-1],
        states=list(_followed[-1].job),
        made=datetime.now(UTC),
        ended=None,
        validation={},
    )
    return {"RestoreJobId": job}


@answers("backup", "DescribeRestoreJob")
def describe(asked: Asked) -> Params:
    """Move a job to its next state, and describe it."""
    job = asked.params["RestoreJobId"]
    kept = memory(JOB, asked, job)
    if not kept:
        raise Refused("ResourceNotFoundException", f"Could not find job {job}")
    return _next(asked, job, kept)


@answers("backup", "ListRestoreJobs")
def jobs(asked: Asked) -> Params:
    """Move every job to its next state, and list them."""
    every_job = [_next(asked, name, kept) for name, kept in every(JOB, asked)]
    plan, status = asked.params.get("ByRestoreTestingPlanArn"), asked.params.get("ByStatus")
    found = [
        one
        for one in every_job
        if status in (None, one["Status"])
        and plan in (None, one.get("CreatedBy", {}).get("RestoreTestingPlanArn"))
    ]
    return {"RestoreJobs": found}


@answers("backup", "PutRestoreValidationResult")
def validate(asked: Asked) -> Params:
    """Store the result of a validation."""
    kept = memory(JOB, asked, asked.params["RestoreJobId"])
    if not kept:
        raise Refused("ResourceNotFoundException", f"Could not find job {asked.params['RestoreJobId']}")
    message = asked.params.get("ValidationStatusMessage", "")
    kept["validation"] = {
        "ValidationStatus": asked.params["ValidationStatus"],
        "ValidationStatusMessage": message,
    }
    return {}


@corrects("rds", "RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime")
def begin(asked: Asked, answer: Params) -> Params:
    """Let the restored instance go through the states of the script."""
    name = answer["DBInstance"]["DBInstanceIdentifier"]
    _switch_off(asked, name, {METADATA[key]: asked.params[key] for key in OFF if key in asked.params})
    _follow(asked, name, _followed[-1])
    return {**answer, "DBInstance": {**answer["DBInstance"], **state(asked, name)}}


def _switch_off(asked: Asked, name: str, settings: Params) -> None:
    """Set what was asked to be off; moto keeps what is on in the source."""
    for attribute, value in settings.items():
        setattr(_rds(asked).databases[name], attribute, value)


def state(asked: Asked, name: str) -> Params:
    """The next state of a restored instance; nothing for other instances."""
    kept = memory(INSTANCE, asked, name)
    if not kept:
        return {}
    now = kept["states"].pop(0) if len(kept["states"]) > 1 else kept["states"][0]
    return {**kept["differs"], "DBInstanceStatus": now}


def _follow(asked: Asked, name: str, script: Script) -> None:
    memory(INSTANCE, asked, name).update(states=list(script.instance), differs=script.differs)


def _next(asked: Asked, job: str, kept: Params) -> Params:
    if len(kept["states"]) > 1:
        kept["states"].pop(0)
    if kept["states"][0] == "RUNNING":
        _create(asked, kept)
    if kept["states"][0] in ENDED and kept["ended"] is None:
        kept["ended"] = datetime.now(UTC)
    last = kept["states"][0] in ENDED
    made = kept["metadata"].get("DBInstanceIdentifier", "")
    created = (
        f"arn:aws:rds:{asked.region}:{asked.account}:db:{made}" if made in _rds(asked).databases else None
    )
    return {
        "AccountId": asked.account,
        "RestoreJobId": job,
        "RecoveryPointArn": kept["arn"],
        "CreationDate": kept["made"],
        "CompletionDate": kept["ended"],
        "Status": kept["states"][0],
        "StatusMessage": kept["script"].message if last else "",
        "IamRoleArn": kept["role"],
        "ResourceType": "RDS",
        "CreatedResourceArn": created,
        **({"CreatedBy": {"RestoreTestingPlanArn": kept["script"].plan}} if kept["script"].plan else {}),
        **kept["validation"],
    }


def _create(asked: Asked, kept: Params) -> None:
    """Create the instance that the job's metadata describe, as RDS does for AWS Backup."""
    script: Script = kept["script"]
    asked_for = {
        METADATA[key]: _value(key, text)
        for key, text in kept["metadata"].items()
        if key in METADATA and key not in script.ignored
    }
    name = asked_for["db_instance_identifier"]
    if name in _rds(asked).databases:
        return
    source = _snapshot(asked, kept["arn"])
    # moto restores from snapshots of the types automated and manual only.
    source.snapshot_type = "manual"
    try:
        _rds(asked).restore_db_instance_from_db_snapshot(_snapshot_id(kept["arn"]), asked_for)
    finally:
        source.snapshot_type = MANAGED
    off = {METADATA[key] for key in OFF}
    _switch_off(asked, name, {key: value for key, value in asked_for.items() if key in off})
    _follow(asked, name, script)


def _value(key: str, text: str) -> Any:
    structured = text in ("true", "false") or key in ("VpcSecurityGroupIds", "Port")
    return json.loads(text) if structured else text


def _point(asked: Asked) -> Params:
    kept = memory(POINT, asked, asked.params["RecoveryPointArn"])
    if not kept:
        raise Refused("ResourceNotFoundException", "Recovery point not found.")
    return kept


def _snapshot_id(arn: str) -> str:
    return arn.partition(":snapshot:")[2]


def _snapshot(asked: Asked, arn: str) -> Any:
    found = _rds(asked).database_snapshots.get(_snapshot_id(arn))
    if found is None:
        raise Refused("ResourceNotFoundException", "Recovery point not found.")
    return found


def _rds(asked: Asked) -> Any:
    backends: Any = get_backend("rds")
    return backends[asked.account][asked.region]


def install() -> None:
    """Route the paths of restore jobs and of restore metadata."""
    routes.add_path("backup", r"{0}/restore-jobs/?$")
    routes.add_path("backup", r"{0}/restore-jobs/(?P<job>[^/]+)$")
    routes.add_path("backup", r"{0}/restore-jobs/(?P<job>[^/]+)/validations$")
    routes.add_path("backup", r"{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/(?P<arn>.+)$")
