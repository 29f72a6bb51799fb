"""AWS Backup: restore jobs, as state machines whose states a test can set; moto has no restore jobs.

The states, their order and the idempotency token follow AWS's documentation. The names in the metadata and
the error code for an expired recovery point were not seen on AWS.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

from sandbox.moto import routes
from sandbox.moto.hooks import Asked, Params, Refused, answers
from sandbox.moto.memory import every, forget_kind, memory, named
from sandbox.moto.services.data.restored_instances import create, followed, rds, source_of

JOB, POINT = "restore job", "recovery point"
ENDED = frozenset({"COMPLETED", "FAILED", "ABORTED"})


def forget() -> None:
    """Forget every restore job and recovery point."""
    for kind in (JOB, POINT):
        forget_kind(kind)


def expire(arn: str) -> None:
    """Let a recovery point reach the end of its lifecycle, which AWS Backup shows until it deletes it."""
    for kept in named(POINT, arn):
        kept["Status"] = "EXPIRED"


@answers("backup", "DeleteRecoveryPoint")
def delete(asked: Asked) -> Params:
    """Delete a recovery point."""
    memory(POINT, asked, _point(asked)["RecoveryPointArn"]).clear()
    return {}


@answers("backup", "GetRecoveryPointRestoreMetadata")
def metadata(asked: Asked) -> Params:
    """The settings of the instance at the time of the backup, each as text."""
    point = _point(asked)
    database = source_of(asked, point["RecoveryPointArn"]).database
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
        script=followed(),
        states=list(followed().job),
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
    after = asked.params.get("ByCreatedAfter")
    found = [
        one
        for one in every_job
        if status in (None, one["Status"])
        and (after is None or one["CreationDate"].timestamp() > after.timestamp())
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


def _next(asked: Asked, job: str, kept: Params) -> Params:
    if len(kept["states"]) > 1:
        kept["states"].pop(0)
    if kept["states"][0] == "RUNNING":
        create(asked, kept["arn"], kept["metadata"], kept["script"])
    if kept["states"][0] in ENDED and kept["ended"] is None:
        kept["ended"] = datetime.now(UTC)
    last = kept["states"][0] in ENDED
    made = kept["metadata"].get("DBInstanceIdentifier", "")
    created = (
        f"arn:aws:rds:{asked.region}:{asked.account}:db:{made}" if made in rds(asked).databases else None
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


def _point(asked: Asked) -> Params:
    kept = memory(POINT, asked, asked.params["RecoveryPointArn"])
    if not kept:
        raise Refused("ResourceNotFoundException", "Recovery point not found.")
    return kept


def install() -> None:
    """Route the paths of restore jobs and of restore metadata."""
    routes.add_path("backup", r"{0}/restore-jobs/?$")
    routes.add_path("backup", r"{0}/restore-jobs/(?P<job>[^/]+)$")
    routes.add_path("backup", r"{0}/restore-jobs/(?P<job>[^/]+)/validations$")
    routes.add_path("backup", r"{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/(?P<arn>.+)$")
