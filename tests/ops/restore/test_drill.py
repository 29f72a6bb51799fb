"""A restore drill restores a backup into an isolated copy, checks it, deletes it and records the result."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.core.exits import Exit
from ops.restore.result import last_result, result
from sandbox.moto.services.data.restore_jobs import expire
from sandbox.moto.services.data.restored_instances import Script, following
from tests.ops.restore.restorable import GOOD, Restorable, window
from tests.ops.rotation.small_stack import Killed, refusal

WITHOUT_DATA = "entries: 0 rows, at least 1 expected"


def problem(db: Restorable) -> str:
    """The problem in the record of the only finished drill."""
    (record,) = db.finished()
    return result(record).problem


@pytest.mark.accepts("A43")
def test_records_the_time_the_rows_and_the_ciphertexts(
    db: Restorable, capsys: pytest.CaptureFixture[str]
) -> None:
    point = db.back_up()
    assert db.drill(as_json=True) == Exit.DONE
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is True
    assert said["recoveryPoint"]["name"] == point
    assert (said["tables"], said["ciphertextsDecrypted"]) == (GOOD["tables"], 40)
    assert said["restoreSeconds"] >= 0
    assert said["checkSeconds"] >= 0
    last = last_result(db.stack.records)
    assert last is not None
    assert last.to_dict() == {key: said[key] for key in last.to_dict()}
    assert db.stack.open() is None


def test_says_what_it_found(db: Restorable, capsys: pytest.CaptureFixture[str]) -> None:
    db.back_up()
    db.drill()
    assert "2 tables with 127 rows, 40 ciphertexts decrypted" in capsys.readouterr().out


@pytest.mark.parametrize("keep", [False, True])
def test_deletes_its_copy_and_no_other_database(db: Restorable, keep: bool) -> None:
    db.back_up()
    if keep:
        said = refusal(Exit.PARTLY, lambda: db.drill(keep=True))
        (copy,) = db.copies()
        assert f"{copy['DBInstanceIdentifier']} is kept and billed" in said
        assert db.drill(resume=True) == Exit.DONE
    else:
        assert db.drill() == Exit.DONE
    (left,) = db.client("rds").describe_db_instances()["DBInstances"]
    assert left["DBInstanceIdentifier"] == "aiponge-rds"
    assert len(db.finished()) == 1


@pytest.mark.parametrize("source", ["recovery point", "snapshot", "point in time"])
def test_restores_into_the_isolated_group_with_a_time_of_deletion(
    db: Restorable, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if source == "recovery point":
        db.back_up()
    if source == "snapshot":
        db.snapshot("before-the-migration")
    now = datetime.now(UTC)
    window(monkeypatch, {"RestoreWindow": {"EarliestTime": now - timedelta(days=7), "LatestTime": now}})
    refusal(Exit.PARTLY, lambda: db.drill(keep=True))
    (copy,) = db.copies()
    assert copy["DBInstanceIdentifier"].startswith("aiponge-restored-")
    (group,) = [one["VpcSecurityGroupId"] for one in copy["VpcSecurityGroups"]]
    (found,) = db.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert found["GroupName"] == "aiponge-restored-rds"
    assert copy["DBSubnetGroup"]["DBSubnetGroupName"] == "aiponge-isolated"
    assert copy["DBParameterGroups"][0]["DBParameterGroupName"] == "aiponge-rds"
    assert (copy["PubliclyAccessible"], copy["MultiAZ"], copy["DeletionProtection"]) == (False, False, False)
    assert copy["IAMDatabaseAuthenticationEnabled"] is True
    record = db.stack.open()
    assert record is not None
    tags = {one["Key"]: one["Value"] for one in copy["TagList"]}
    assert tags["strongroom:delete-after"] == record.intent["deleteAfter"] > record.started


def test_restores_with_the_role_of_restores(db: Restorable) -> None:
    db.back_up()
    db.drill()
    (job,) = db.jobs()
    assert job["IamRoleArn"].endswith(":role/aiponge-restore")


def test_is_a_dry_run_until_told_otherwise(db: Restorable, capsys: pytest.CaptureFixture[str]) -> None:
    point = db.back_up()
    assert db.drill(write=False) == Exit.DONE
    assert f"would restore the recovery point {point}" in capsys.readouterr().out
    assert (db.jobs(), db.copies(), db.stack.open()) == ([], [], None)


@pytest.mark.accepts("A43")
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({**GOOD, "ok": False, "problems": [WITHOUT_DATA]}, WITHOUT_DATA),
        ({**GOOD, "problems": [WITHOUT_DATA]}, WITHOUT_DATA),
        ({**GOOD, "ok": False}, "reports no success and no problem"),
        ({}, "reports no success and no problem"),
        ([], "reports no success and no problem"),
        ("raise", "failed with RuntimeError: read its log /aws/lambda/aiponge-check-restored-database"),
    ],
)
def test_a_copy_that_the_check_refuses_is_a_result_and_is_deleted(
    db: Restorable, answer: Any, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    db.back_up()
    db.answers(answer)
    assert db.drill() == Exit.FINDING
    assert says in problem(db)
    shown = capsys.readouterr()
    assert says in shown.out
    assert "canary" not in shown.out + shown.err + problem(db)
    assert db.copies() == []


@pytest.mark.parametrize("state", ["FAILED", "ABORTED"])
def test_a_restore_job_that_fails_is_a_result(db: Restorable, state: str) -> None:
    db.back_up()
    script = Script(job=("PENDING", "RUNNING", state), message="the snapshot is damaged")
    with following(script):
        assert db.drill() == Exit.FINDING
    assert f"is {state}: the snapshot is damaged" in problem(db)
    assert db.copies() == []


def test_a_job_that_completes_without_an_instance_is_a_result(db: Restorable) -> None:
    db.back_up()
    with following(Script(job=("PENDING", "COMPLETED"))):
        assert db.drill() == Exit.FINDING
    assert "is COMPLETED, but aiponge-restored-" in problem(db)


@pytest.mark.parametrize("state", ["incompatible-restore", "inaccessible-encryption-credentials", "failed"])
def test_a_copy_that_never_becomes_available_is_a_result(db: Restorable, state: str) -> None:
    db.snapshot("one")
    with following(Script(instance=("creating", state))):
        assert db.drill() == Exit.FINDING
    assert problem(db).endswith(f"is {state}")
    assert db.copies() == []


@pytest.mark.parametrize(
    ("differs", "says"),
    [
        ({"PubliclyAccessible": True}, "it is publicly accessible"),
        ({"VpcSecurityGroups": []}, "its security groups are none"),
        (
            {"VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}, {"VpcSecurityGroupId": "sg-2"}]},
            "its security groups are sg-1, sg-2",
        ),
        ({"DBSubnetGroup": {"DBSubnetGroupName": "default"}}, "its subnet group is default"),
        ({"StorageEncrypted": False}, "it is not encrypted with alias/aiponge-data"),
        ({"KmsKeyId": "alias/aws/rds"}, "it is not encrypted with alias/aiponge-data"),
    ],
)
def test_a_copy_that_is_not_isolated_is_never_checked(
    db: Restorable, differs: dict[str, Any], says: str
) -> None:
    db.back_up()
    with following(Script(differs=differs)):
        assert db.drill() == Exit.FINDING
    assert says in problem(db)
    (record,) = db.finished()
    assert "check" not in record.steps
    assert db.copies() == []


def test_turns_on_iam_authentication_where_the_restore_left_it_off(db: Restorable) -> None:
    db.back_up()
    with following(Script(ignored=("EnableIAMDatabaseAuthentication",))):
        refusal(Exit.PARTLY, lambda: db.drill(keep=True))
    (copy,) = db.copies()
    assert copy["IAMDatabaseAuthenticationEnabled"] is True


def test_deletes_a_copy_with_deletion_protection(db: Restorable) -> None:
    db.back_up()
    with following(Script(ignored=("DeletionProtection",))):
        refusal(Exit.PARTLY, lambda: db.drill(keep=True))
    (copy,) = db.copies()
    assert copy["DeletionProtection"] is True
    assert db.drill(resume=True) == Exit.DONE
    assert db.copies() == []


def test_a_restore_that_takes_too_long_is_continued(db: Restorable) -> None:
    db.back_up()
    with following(Script(job=("PENDING", "RUNNING"))):
        assert "is not available yet" in refusal(Exit.PARTLY, db.drill)
        said = refusal(Exit.REFUSED, db.drill)
        assert "restore-drill is in progress" in said
        assert "finish it with --resume, or end it with --abort, first" in said
        assert db.finished() == []


def test_restores_once_however_often_it_is_interrupted(db: Restorable) -> None:
    db.back_up()
    for boundary in ("restore started", "restore: done", "check: begun"):
        resume = db.stack.open() is not None
        with pytest.raises(Killed):
            db.drill(at=boundary, resume=resume)
    assert db.drill(resume=True) == Exit.DONE
    assert len(db.jobs()) == 1


def test_a_failed_drill_that_is_continued_is_not_checked_again(db: Restorable) -> None:
    db.back_up()
    db.answers({**GOOD, "ok": False, "problems": [WITHOUT_DATA]})
    with pytest.raises(Killed):
        db.drill(at="deletion: begun")
    db.answers(GOOD)
    assert db.drill(resume=True) == Exit.FINDING
    assert problem(db) == WITHOUT_DATA


@pytest.mark.parametrize("boundary", ["record written", "restore: begun", "restore started", "check: begun"])
def test_abort_deletes_the_copy_and_leaves_no_result(db: Restorable, boundary: str) -> None:
    db.back_up()
    with pytest.raises(Killed):
        db.drill(at=boundary)
    assert db.drill(abort=True) == Exit.DONE
    assert (db.copies(), db.stack.open()) == ([], None)
    assert last_result(db.stack.records) is None


def test_abort_waits_for_a_job_that_would_create_the_copy_afterwards(db: Restorable) -> None:
    db.back_up()
    with following(Script(job=("PENDING", "RUNNING"))), pytest.raises(Killed):
        db.drill(at="restore started")
    assert "AWS Backup still restores the recovery point" in refusal(
        Exit.PARTLY, lambda: db.drill(abort=True)
    )
    assert db.stack.open() is not None


def test_abort_sees_the_job_although_this_machines_clock_is_fast(db: Restorable) -> None:
    db.back_up()
    with following(Script(job=("PENDING", "RUNNING"))), pytest.raises(Killed):
        db.drill(at="restore started")
    fast = datetime.now(UTC) + timedelta(minutes=5)
    db.change_record(started=fast.isoformat(timespec="seconds"))
    assert "AWS Backup still restores" in refusal(Exit.PARTLY, lambda: db.drill(abort=True))


@pytest.mark.parametrize("name", ["rds", "rds-restored"])
def test_deletes_no_database_whose_name_is_not_that_of_a_copy(db: Restorable, name: str) -> None:
    db.back_up()
    with pytest.raises(Killed):
        db.drill(at="restore: begun")
    intent = db.open_record()["intent"]
    db.change_record(intent={**intent, "instance": db.names.part(name)})
    for how in ("resume", "abort"):
        resume = how == "resume"
        said = refusal(Exit.BAD_INPUT, lambda resume=resume: db.drill(resume=resume, abort=not resume))
        assert f"names {db.names.part(name)}, which is not a copy of a drill" in said
    names = [one["DBInstanceIdentifier"] for one in db.client("rds").describe_db_instances()["DBInstances"]]
    assert names == [db.names.part("rds")]


@pytest.mark.parametrize("how", ["resume", "abort"])
def test_without_a_record_nothing_is_continued_or_undone(db: Restorable, how: str) -> None:
    assert "nothing to resume" in refusal(
        Exit.REFUSED, lambda: db.drill(resume=how == "resume", abort=how == "abort")
    )


@pytest.mark.parametrize(("how", "what"), [("resume", "continue"), ("abort", "undo")])
def test_a_dry_run_of_a_continuation_changes_nothing(
    db: Restorable, how: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    db.back_up()
    with pytest.raises(Killed):
        db.drill(at="restore started")
    assert db.drill(write=False, resume=how == "resume", abort=how == "abort") == Exit.DONE
    assert f"would {what} restore-drill; add --apply" in capsys.readouterr().out
    assert db.stack.open() is not None


def test_a_recovery_point_that_expires_meanwhile_is_a_result(db: Restorable) -> None:
    point = db.back_up()
    with pytest.raises(Killed):
        db.drill(at="restore: begun")
    expire(point)
    assert db.drill(resume=True) == Exit.FINDING
    assert "cannot be restored: StartRestoreJob: InvalidRequestException" in problem(db)


def test_a_recovery_point_that_is_deleted_meanwhile_is_a_result(db: Restorable) -> None:
    point = db.back_up()
    with pytest.raises(Killed):
        db.drill(at="restore: begun")
    db.client("backup").delete_recovery_point(BackupVaultName=db.names.backup_vault, RecoveryPointArn=point)
    assert db.drill(resume=True) == Exit.FINDING
    assert "cannot be restored: GetRecoveryPointRestoreMetadata: ResourceNotFoundException" in problem(db)
