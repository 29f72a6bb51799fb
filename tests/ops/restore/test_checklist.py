"""The launch checklist ticks the restore once a drill or a restore test of AWS Backup has succeeded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ops.checks import restore_tests
from ops.checks.launch_checklist import Line, walk
from ops.checks.verify.registry import REGISTRY, Problem
from ops.core.exits import Exit
from sandbox.moto.services.data.restored_instances import Script, following
from tests.ops.restore.restorable import GOOD, Restorable, aged
from tests.ops.rotation.small_stack import STACK, Killed


def line(db: Restorable, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The item, without the checks of what a whole stack has."""
    for slug, one in list(REGISTRY.items()):
        if {"A43"} & set(one.requirements):
            monkeypatch.delitem(REGISTRY, slug)
    monkeypatch.setattr("ops.checks.launch_checklist._LIST", ())
    (found,) = walk(db.context().aws, STACK)
    return found


def problems(db: Restorable) -> list[Problem]:
    return list(restore_tests.untested(db.context().aws, STACK))


@pytest.mark.accepts("A43")
def test_a_drill_ticks_it_with_its_duration_and_counts(
    db: Restorable, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = db.back_up()
    assert db.drill() == Exit.DONE
    found = line(db, monkeypatch)
    assert found.done, str(found)
    assert str(found).startswith("[x] Restore tested: ")
    assert f"recovery point {point} of " in found.evidence
    assert "2 tables with 127 rows, 40 ciphertexts decrypted" in found.evidence


def test_without_a_test_it_is_open(db: Restorable, monkeypatch: pytest.MonkeyPatch) -> None:
    found = line(db, monkeypatch)
    assert not found.done
    assert found.evidence == "never"


def test_a_failed_drill_after_a_good_one_opens_it_again(db: Restorable) -> None:
    db.back_up()
    db.drill()
    aged(db, days=1)
    db.answers({**GOOD, "problems": ["entries: 0 rows"]})
    db.drill()
    (found,) = problems(db)
    assert found.problem == "the last restore failed: entries: 0 rows"
    assert restore_tests.evidence(db.context().aws, STACK).endswith(" UTC: entries: 0 rows")


def test_an_aborted_drill_changes_nothing(db: Restorable) -> None:
    db.back_up()
    db.drill()
    with pytest.raises(Killed):
        db.drill(at="restore started")
    db.drill(abort=True)
    assert problems(db) == []


@pytest.mark.parametrize(("days", "count"), [(34, 0), (36, 1)])
def test_a_drill_is_valid_for_35_days(db: Restorable, days: int, count: int) -> None:
    db.back_up()
    db.drill()
    aged(db, days)
    found = problems(db)
    assert len(found) == count
    assert all("36 days ago, more than 35" in one.problem for one in found)


def test_a_good_drill_after_a_failed_one_closes_it(db: Restorable) -> None:
    db.back_up()
    db.answers({**GOOD, "ok": False})
    db.drill()
    assert len(problems(db)) == 1
    aged(db, days=1)
    db.answers(GOOD)
    db.drill()
    assert problems(db) == []


@pytest.fixture
def plan(db: Restorable) -> Iterator[str]:
    client, name = db.client("backup"), db.names.restore_testing_plan
    client.create_restore_testing_plan(
        RestoreTestingPlan={
            "RestoreTestingPlanName": name,
            "ScheduleExpression": "cron(0 8 1 * ? *)",
            "RecoveryPointSelection": {
                "Algorithm": "LATEST_WITHIN_WINDOW",
                "IncludeVaults": ["*"],
                "RecoveryPointTypes": ["SNAPSHOT"],
            },
        }
    )
    found = client.get_restore_testing_plan(RestoreTestingPlanName=name)
    yield found["RestoreTestingPlan"]["RestoreTestingPlanArn"]
    client.delete_restore_testing_plan(RestoreTestingPlanName=name)


def monthly(db: Restorable, plan: str, *, job: tuple[str, ...], validation: str | None) -> None:
    """A restore test of AWS Backup, in its last state."""
    client: Any = db.client("backup")
    point = db.back_up()
    with following(Script(job=job, message="no capacity", plan=plan)):
        started = client.start_restore_job(
            RecoveryPointArn=point,
            Metadata={"DBInstanceIdentifier": "awsbackup-restore-test-1"},
            IamRoleArn=db.names.role_arn(db.names.restore_role),
        )["RestoreJobId"]
    for _ in job:
        client.describe_restore_job(RestoreJobId=started)
    if validation:
        client.put_restore_validation_result(
            RestoreJobId=started, ValidationStatus=validation, ValidationStatusMessage="rows are missing"
        )


WHOLE = ("PENDING", "RUNNING", "COMPLETED")


def test_a_validated_restore_test_ticks_it(
    db: Restorable, plan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monthly(db, plan, job=WHOLE, validation="SUCCESSFUL")
    found = line(db, monkeypatch)
    assert found.done, str(found)
    assert "restored in 0 min and validated" in found.evidence


@pytest.mark.parametrize(
    ("job", "validation", "says"),
    [
        (WHOLE, "FAILED", "is FAILED: rows are missing"),
        (WHOLE, "TIMED_OUT", "is TIMED_OUT: rows are missing"),
        (("PENDING", "FAILED"), None, "is FAILED: no capacity"),
    ],
)
def test_a_restore_test_that_fails_does_not(
    db: Restorable, plan: str, job: tuple[str, ...], validation: str | None, says: str
) -> None:
    monthly(db, plan, job=job, validation=validation)
    (found,) = problems(db)
    assert says in found.problem


def test_a_restore_test_without_a_validation_is_no_test(db: Restorable, plan: str) -> None:
    monthly(db, plan, job=WHOLE, validation=None)
    (found,) = problems(db)
    assert found.problem == "no restore of its backups was tested"


def test_a_restore_job_of_another_plan_is_no_test(db: Restorable, plan: str) -> None:
    monthly(db, f"{plan}-other", job=WHOLE, validation="SUCCESSFUL")
    assert len(problems(db)) == 1
