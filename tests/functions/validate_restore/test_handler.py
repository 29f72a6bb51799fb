"""Tests of the validation of a restore job: it reports what the check function found, and nothing else."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.validate_restore.handler import handler
from tests.functions.stubs import Clients

JOB = "9B1BA7BB-0000-1111-2222-333344445555"
INSTANCE = "arn:aws:rds:eu-central-1:111122223333:db:awsbackup-restore-test-1"
PLAN = "arn:aws:backup:eu-central-1:111122223333:restore-testing-plan:aiponge_monthly-0000"
STARTED = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
CHECK = "aiponge-check-restored-database"
ADDRESS = {"Address": "awsbackup-restore-test-1.abc.eu-central-1.rds.amazonaws.com", "Port": 5432}
PROBLEM = "lib_entries is empty: at least 100 are expected"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECK_FUNCTION", CHECK)
    monkeypatch.setenv("METRIC_NAMESPACE", "Aiponge/Hygiene")


def event(**changes: Any) -> dict[str, Any]:
    """The event as AWS Backup's documentation shows it."""
    detail = {
        "restoreJobId": JOB,
        "backupSizeInBytes": "36048",
        "creationDate": "2026-09-01T03:00:00Z",
        "percentDone": 0,
        "resourceType": "RDS",
        "status": "COMPLETED",
        "createdResourceArn": INSTANCE,
        "completionDate": "2026-09-01T03:20:00Z",
        "restoreTestingPlanArn": PLAN,
    }
    return {
        "source": "aws.backup",
        "detail-type": "Restore Job State Change",
        "account": "111122223333",
        "region": "eu-central-1",
        "resources": [INSTANCE],
        "detail": detail | changes,
    }


def described(clients: Clients, **changes: Any) -> None:
    job = {
        "RestoreJobId": JOB,
        "Status": "COMPLETED",
        "CreationDate": STARTED,
        "CompletionDate": STARTED + timedelta(minutes=20),
        "CreatedResourceArn": INSTANCE,
        "ResourceType": "RDS",
        "CreatedBy": {"RestoreTestingPlanArn": PLAN},
    }
    clients.answer("backup", "describe_restore_job", job | changes, RestoreJobId=JOB)


def restored(clients: Clients, answer: Any, error: str | None = None) -> None:
    """The job, its instance, and what the check function answers about it."""
    described(clients)
    instances = {"DBInstances": [{"Endpoint": ADDRESS}]}
    clients.answer("rds", "describe_db_instances", instances, DBInstanceIdentifier=INSTANCE)
    response = {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}
    asked = json.dumps({"address": ADDRESS["Address"], "port": 5432})
    clients.answer(
        "lambda",
        "invoke",
        response | ({"FunctionError": error} if error else {}),
        FunctionName=CHECK,
        Payload=asked,
    )


def reported(clients: Clients, status: str, message: str) -> None:
    """Expect the metrics and this result."""
    data = [
        {"MetricName": "RestoreTestSuccess", "Value": float(status == "SUCCESSFUL"), "Unit": "Count"},
        {"MetricName": "RestoreTestSeconds", "Value": 1200.0, "Unit": "Seconds"},
    ]
    clients.answer("cloudwatch", "put_metric_data", {}, Namespace="Aiponge/Hygiene", MetricData=data)
    clients.answer(
        "backup",
        "put_restore_validation_result",
        {},
        RestoreJobId=JOB,
        ValidationStatus=status,
        ValidationStatusMessage=message,
    )


def checked(ok: bool, *problems: str) -> dict[str, Any]:
    return {
        "ok": ok,
        "problems": list(problems),
        "tables": {"lib_entries": 0},
        "ciphertexts": {"opened": 0, "failed": 0},
    }


def test_reports_a_good_restore_with_its_duration(clients: Clients) -> None:
    restored(clients, checked(True))
    reported(clients, "SUCCESSFUL", "the rows and the sampled values are as expected")
    assert handler(event()) == {"job": JOB, "status": "SUCCESSFUL", "seconds": 1200.0, "problems": []}
    clients.assert_all_asked()


def test_reports_the_problems_of_a_bad_restore(clients: Clients) -> None:
    restored(clients, checked(False, PROBLEM, "usr_insights.content has no encrypted value"))
    reported(clients, "FAILED", f"{PROBLEM}; usr_insights.content has no encrypted value")
    assert handler(event())["status"] == "FAILED"
    clients.assert_all_asked()


def test_cuts_a_long_message(clients: Clients) -> None:
    restored(clients, checked(False, "x" * 5000))
    reported(clients, "FAILED", "x" * 1000)
    handler(event())
    clients.assert_all_asked()


def test_reports_the_type_and_no_message_of_a_check_that_ended_with_an_error(clients: Clients) -> None:
    restored(clients, {"errorType": "KeyError", "errorMessage": "the secret value"}, error="Unhandled")
    reported(clients, "FAILED", f"the check function {CHECK} ended with KeyError: read its log")
    handler(event())
    clients.assert_all_asked()


@pytest.mark.parametrize(
    "answer", [None, {}, {"ok": True}, checked(True, PROBLEM), checked(False), {"ok": "True", "problems": []}]
)
def test_reports_an_answer_that_is_no_result_as_a_failure(clients: Clients, answer: Any) -> None:
    restored(clients, answer)
    reported(clients, "FAILED", f"the check function {CHECK} gave no result: read its log")
    handler(event())
    clients.assert_all_asked()


def test_leaves_the_job_unvalidated_where_the_check_could_not_be_started(clients: Clients) -> None:
    described(clients)
    instances = {"DBInstances": [{"Endpoint": ADDRESS}]}
    clients.answer("rds", "describe_db_instances", instances, DBInstanceIdentifier=INSTANCE)
    clients.refuse("lambda", "invoke", "TooManyRequestsException")
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        handler(event())


@pytest.mark.parametrize("status", ["RUNNING", "FAILED", "ABORTED", None])
def test_refuses_the_event_of_a_job_that_is_not_completed(status: str | None) -> None:
    with pytest.raises(ValueError, match="of a completed job"):
        handler(event(status=status))


def test_refuses_another_event() -> None:
    with pytest.raises(ValueError, match="not the event Restore Job State Change"):
        handler({**event(), "detail-type": "Backup Job State Change"})


def test_refuses_a_job_of_no_restore_testing_plan(clients: Clients) -> None:
    described(clients, CreatedBy={})
    with pytest.raises(ValueError, match="is not of a restore testing plan"):
        handler(event())


def test_believes_the_description_of_a_job_and_not_its_event(clients: Clients) -> None:
    described(clients, Status="RUNNING")
    with pytest.raises(ValueError, match="is RUNNING, not COMPLETED"):
        handler(event())


@pytest.mark.parametrize("result", ["SUCCESSFUL", "FAILED"])
def test_a_repeated_event_of_a_validated_job_changes_nothing(clients: Clients, result: str) -> None:
    described(clients, ValidationStatus=result, DeletionStatus="SUCCESSFUL")
    assert handler(event()) == {"job": JOB, "status": result, "seconds": 1200.0, "problems": []}
    clients.assert_all_asked()


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"ValidationStatus": "TIMED_OUT"}, "its validation window is over"),
        ({"DeletionStatus": "DELETING"}, "AWS Backup has deleted what it restored"),
        ({"CreatedResourceArn": ""}, "AWS Backup has deleted what it restored"),
    ],
)
def test_an_event_that_comes_too_late_is_an_error_with_its_reason(
    clients: Clients, state: dict[str, Any], why: str
) -> None:
    described(clients, **state)
    with pytest.raises(ValueError, match=f"restore job {JOB} cannot be checked any more: {why}"):
        handler(event())
