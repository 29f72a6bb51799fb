"""Finds the last test of a restore: a drill's result, or a monthly restore test of AWS Backup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from ops.checks.verify.registry import Problem
from ops.core.aws_state import AwsState, Item
from ops.core.session import error_code
from ops.operations import OperationStore
from ops.restore.result import last_result

MAX_AGE = timedelta(days=35)
"""The age at which a test no longer says that the backups can be restored: AWS Backup tests every month."""


@dataclass(frozen=True)
class RestoreTest:
    """One test of a restore."""

    at: datetime
    what: str
    """What was restored, in which time, and what was found in it."""
    problem: str = ""


def last_test(aws: AwsState, stack: str) -> RestoreTest | None:
    """The last drill or restore test with a result; None where there was none."""
    tests = [*_drills(aws, stack), *_restore_tests(aws)]
    return max(tests, key=lambda one: one.at, default=None)


def evidence(aws: AwsState, stack: str) -> str:
    """What the last test found, and when."""
    last = last_test(aws, stack)
    return f"{last.at:%Y-%m-%d}: {last.what}" if last else "never"


def untested(aws: AwsState, stack: str) -> Iterator[Problem]:
    """A restore was tested in the last 35 days, and the last test succeeded."""
    name, drill = aws.names.part("rds"), f"run `ops restore-drill --stack {stack} --apply`"
    last = last_test(aws, stack)
    if last is None:
        yield Problem(name, "no restore of its backups was tested", drill)
    elif last.problem:
        yield Problem(name, f"the last restore failed: {last.problem}", f"correct that, then {drill}")
    elif (age := datetime.now(UTC) - last.at) > MAX_AGE:
        yield Problem(name, f"a restore was last tested {age.days} days ago, more than {MAX_AGE.days}", drill)


def _drills(aws: AwsState, stack: str) -> Iterator[RestoreTest]:
    last = last_result(OperationStore(aws.client("s3"), aws.names.state_bucket, stack))
    if last is not None:
        yield RestoreTest(datetime.fromisoformat(last.finished), str(last), last.problem)


def _restore_tests(aws: AwsState) -> Iterator[RestoreTest]:
    plan = _plan(aws) if aws.settings.backup else None
    if plan is None:
        return
    for job in aws.list("backup", "list_restore_jobs", "RestoreJobs", ByRestoreTestingPlanArn=plan):
        if job["Status"] in ("ABORTED", "FAILED") or job.get("ValidationStatus") in _ENDED:
            yield _restore_test(job)


_ENDED = ("FAILED", "SUCCESSFUL", "TIMED_OUT")


def _restore_test(job: Item) -> RestoreTest:
    at, status = job.get("CompletionDate") or job["CreationDate"], job.get("ValidationStatus")
    what = f"restore test of recovery point {job['RecoveryPointArn']}"
    if job["Status"] != "COMPLETED":
        reason = job.get("StatusMessage") or "AWS Backup gives no reason"
        return RestoreTest(at, what, f"{what} is {job['Status']}: {reason}")
    if status != "SUCCESSFUL":
        reason = job.get("ValidationStatusMessage") or "no reason was given"
        return RestoreTest(at, what, f"the validation of the {what} is {status}: {reason}")
    minutes = (at - job["CreationDate"]).total_seconds() / 60
    return RestoreTest(at, f"{what}: restored in {minutes:.0f} min and validated")


def _plan(aws: AwsState) -> str | None:
    """The ARN of the stack's restore testing plan."""
    try:
        found = aws.ask(
            "backup", "get_restore_testing_plan", RestoreTestingPlanName=aws.names.restore_testing_plan
        )
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return None
    return str(found["RestoreTestingPlan"]["RestoreTestingPlanArn"])
