"""Validates a restore of AWS Backup's restore testing: has the database checked, and reports the result."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config

EVENT: Final = "Restore Job State Change"
COMPLETED: Final = "COMPLETED"
SUCCESSFUL, FAILED, TIMED_OUT = "SUCCESSFUL", "FAILED", "TIMED_OUT"
MESSAGE_CHARS: Final = 1000
"""A longer message is cut."""
# One attempt, and longer than the check function may run: a second invocation would start a second check.
_INVOCATION: Final = Config(connect_timeout=5, read_timeout=900, retries={"total_max_attempts": 1})
_CONFIG: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})


@dataclass(frozen=True)
class Restore:
    """A completed restore job of a restore testing plan."""

    job_id: str
    instance_arn: str
    seconds: float
    """From the creation of the job to its completion."""
    validated: str = ""
    """The result that AWS Backup has already."""


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """Handle the event of a completed restore job; an error leaves it unvalidated, and Lambda repeats it."""
    detail = event.get("detail", {})
    if event.get("detail-type") != EVENT or detail.get("status") != COMPLETED:
        # The event rule matches only this event; any other means that the rule was changed.
        raise ValueError(f"not the event {EVENT} of a completed job")
    backup = boto3.client("backup", config=_CONFIG)
    restore = _restore(backup, str(detail["restoreJobId"]))
    if restore.validated:
        # EventBridge and Lambda may deliver an event twice, and the database may be deleted by now.
        return _answer(restore, restore.validated, [])
    problems = _check(boto3.client("rds", config=_CONFIG), restore)
    status = FAILED if problems else SUCCESSFUL
    message = "; ".join(problems)[:MESSAGE_CHARS] or "the rows and the sampled values are as expected"
    _publish(restore, succeeded=not problems)
    backup.put_restore_validation_result(
        RestoreJobId=restore.job_id, ValidationStatus=status, ValidationStatusMessage=message
    )
    return _answer(restore, status, problems)


def _answer(restore: Restore, status: str, problems: list[str]) -> dict[str, Any]:
    answer = {"job": restore.job_id, "status": status, "seconds": restore.seconds, "problems": problems}
    print(json.dumps(answer), flush=True)
    return answer


def _restore(backup: Any, job_id: str) -> Restore:
    """The job as AWS Backup describes it, instead of as the event claims."""
    job = backup.describe_restore_job(RestoreJobId=job_id)
    if not job.get("CreatedBy", {}).get("RestoreTestingPlanArn"):
        raise ValueError(f"restore job {job_id} is not of a restore testing plan: it takes no validation")
    if job.get("Status") != COMPLETED:
        raise ValueError(f"restore job {job_id} is {job.get('Status')}, not {COMPLETED}")
    seconds = (job["CompletionDate"] - job["CreationDate"]).total_seconds()
    validated, instance = job.get("ValidationStatus"), job.get("CreatedResourceArn")
    if validated in (SUCCESSFUL, FAILED):
        return Restore(job_id=job_id, instance_arn=instance or "", seconds=seconds, validated=validated)
    late = f"restore job {job_id} cannot be checked any more"
    if validated == TIMED_OUT:
        raise ValueError(f"{late}: its validation window is over")
    if job.get("DeletionStatus") or not instance:
        raise ValueError(f"{late}: AWS Backup has deleted what it restored")
    return Restore(job_id=job_id, instance_arn=instance, seconds=seconds)


def _check(rds: Any, restore: Restore) -> list[str]:
    """Invoke the check function on the restored instance; the problems that it found."""
    # RDS takes the ARN as an identifier.
    [instance] = rds.describe_db_instances(DBInstanceIdentifier=restore.instance_arn)["DBInstances"]
    endpoint = instance["Endpoint"]
    answer = boto3.client("lambda", config=_INVOCATION).invoke(
        FunctionName=os.environ["CHECK_FUNCTION"],
        Payload=json.dumps({"address": endpoint["Address"], "port": endpoint["Port"]}),
    )
    body = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        # Only the type: the message of an unexpected error may contain anything.
        kind = body.get("errorType", "unknown") if isinstance(body, dict) else "unknown"
        return [f"the check function {os.environ['CHECK_FUNCTION']} ended with {kind}: read its log"]
    match body:
        case {"ok": True, "problems": []}:
            return []
        case {"ok": False, "problems": [_, *_] as problems}:
            return [str(problem) for problem in problems]
    return [f"the check function {os.environ['CHECK_FUNCTION']} gave no result: read its log"]


def _publish(restore: Restore, *, succeeded: bool) -> None:
    boto3.client("cloudwatch", config=_CONFIG).put_metric_data(
        Namespace=os.environ["METRIC_NAMESPACE"],
        MetricData=[
            {"MetricName": "RestoreTestSuccess", "Value": float(succeeded), "Unit": "Count"},
            {"MetricName": "RestoreTestSeconds", "Value": restore.seconds, "Unit": "Seconds"},
        ],
    )
