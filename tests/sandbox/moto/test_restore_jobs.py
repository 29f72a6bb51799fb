"""Restore jobs of AWS Backup as the sandbox emulates them: states, failures, expiry."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from sandbox.moto.services.data.restore_jobs import expire
from sandbox.moto.services.data.restored_instances import Script, following


def backed_up(session: boto3.Session) -> tuple[Any, str]:
    """The client of AWS Backup, and a recovery point of a database."""
    made = session.client("rds").create_db_instance(
        DBInstanceIdentifier="toy",
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        MasterUsername="toy",
        MasterUserPassword="only-in-this-emulated-account",
        AllocatedStorage=20,
        MultiAZ=True,
    )["DBInstance"]
    client: Any = session.client("backup")
    return client, back_up(client, made["DBInstanceArn"])


def back_up(client: Any, arn: str) -> str:
    role = "arn:aws:iam::111122223333:role/backup"
    answer = client.start_backup_job(BackupVaultName="vault", ResourceArn=arn, IamRoleArn=role)
    return str(answer["RecoveryPointArn"])


def start(client: Any, point: str, token: str = "one", **metadata: str) -> str:
    return str(
        client.start_restore_job(
            RecoveryPointArn=point,
            IamRoleArn="arn:aws:iam::111122223333:role/restore",
            IdempotencyToken=token,
            ResourceType="RDS",
            Metadata={"DBInstanceIdentifier": "copy", **metadata},
        )["RestoreJobId"]
    )


def states(client: Any, job: str, times: int) -> list[str]:
    return [client.describe_restore_job(RestoreJobId=job)["Status"] for _ in range(times)]


def instances(session: boto3.Session) -> dict[str, Any]:
    found = session.client("rds").describe_db_instances()["DBInstances"]
    return {one["DBInstanceIdentifier"]: one for one in found}


def test_a_job_runs_completes_and_stays_completed(session: boto3.Session) -> None:
    client, point = backed_up(session)
    assert states(client, start(client, point), 3) == ["RUNNING", "COMPLETED", "COMPLETED"]


def test_a_completed_job_has_created_an_instance_with_its_metadata(session: boto3.Session) -> None:
    client, point = backed_up(session)
    job = start(client, point, MultiAZ="false", VpcSecurityGroupIds='["sg-1"]')
    states(client, job, 2)
    copy = instances(session)["copy"]
    assert client.describe_restore_job(RestoreJobId=job)["CreatedResourceArn"] == copy["DBInstanceArn"]
    assert copy["MultiAZ"] is False
    assert [one["VpcSecurityGroupId"] for one in copy["VpcSecurityGroups"]] == ["sg-1"]


def test_the_same_token_starts_no_second_job(session: boto3.Session) -> None:
    client, point = backed_up(session)
    assert start(client, point) == start(client, point) != start(client, point, "two")


def test_a_job_fails_with_the_message_of_the_script(session: boto3.Session) -> None:
    client, point = backed_up(session)
    with following(Script(job=("PENDING", "FAILED"), message="no capacity")):
        job = start(client, point)
    found = client.describe_restore_job(RestoreJobId=job)
    assert (found["Status"], found["StatusMessage"]) == ("FAILED", "no capacity")
    assert "copy" not in instances(session)


def test_an_instance_goes_through_the_states_of_the_script(session: boto3.Session) -> None:
    client, point = backed_up(session)
    with following(Script(instance=("creating", "backing-up", "available"))):
        states(client, start(client, point), 2)
    seen = [instances(session)["copy"]["DBInstanceStatus"] for _ in range(4)]
    assert seen == ["creating", "backing-up", "available", "available"]
    assert instances(session)["toy"]["DBInstanceStatus"] == "available"


def test_an_expired_recovery_point_is_listed_and_not_restored(session: boto3.Session) -> None:
    client, point = backed_up(session)
    expire(point)
    arn = instances(session)["toy"]["DBInstanceArn"]
    (listed,) = client.list_recovery_points_by_resource(ResourceArn=arn)["RecoveryPoints"]
    assert listed["Status"] == "EXPIRED"
    with pytest.raises(ClientError, match="Recovery point is EXPIRED"):
        start(client, point)


def test_a_deleted_recovery_point_is_neither_listed_nor_described(session: boto3.Session) -> None:
    client, point = backed_up(session)
    client.delete_recovery_point(BackupVaultName="vault", RecoveryPointArn=point)
    arn = instances(session)["toy"]["DBInstanceArn"]
    assert client.list_recovery_points_by_resource(ResourceArn=arn)["RecoveryPoints"] == []
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_recovery_point_restore_metadata(BackupVaultName="vault", RecoveryPointArn=point)


def test_a_recovery_point_is_restored_after_its_database_was_deleted(session: boto3.Session) -> None:
    client, point = backed_up(session)
    session.client("rds").delete_db_instance(DBInstanceIdentifier="toy", SkipFinalSnapshot=True)
    states(client, start(client, point), 2)
    assert [*instances(session)] == ["copy"]


def test_the_result_of_a_validation_is_described(session: boto3.Session) -> None:
    client, point = backed_up(session)
    job = start(client, point)
    client.put_restore_validation_result(
        RestoreJobId=job, ValidationStatus="FAILED", ValidationStatusMessage="rows are missing"
    )
    found = client.describe_restore_job(RestoreJobId=job)
    assert (found["ValidationStatus"], found["ValidationStatusMessage"]) == ("FAILED", "rows are missing")


@pytest.mark.parametrize("by", [{"ByStatus": "PENDING"}, {"ByRestoreTestingPlanArn": "plan"}])
def test_jobs_are_listed_by_status_and_by_plan(session: boto3.Session, by: dict[str, str]) -> None:
    client, point = backed_up(session)
    start(client, point)
    with following(Script(job=("PENDING",), plan="plan")):
        wanted = start(client, point, "two")
    assert [one["RestoreJobId"] for one in client.list_restore_jobs(**by)["RestoreJobs"]] == [wanted]


def test_snapshots_of_aws_backup_are_listed_to_those_who_ask_for_them(session: boto3.Session) -> None:
    _, point = backed_up(session)
    rds = session.client("rds")
    listed = [one["SnapshotType"] for one in rds.describe_db_snapshots()["DBSnapshots"]]
    assert listed == ["automated"]
    (found,) = rds.describe_db_snapshots(SnapshotType="awsbackup")["DBSnapshots"]
    assert point.endswith(found["DBSnapshotIdentifier"])


def test_a_kept_sandbox_restores_too(session: boto3.Session) -> None:
    _, point = backed_up(session)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        client = session.client("backup", endpoint_url=f"http://127.0.0.1:{port}")
        metadata = client.get_recovery_point_restore_metadata(
            BackupVaultName="vault", RecoveryPointArn=point
        )["RestoreMetadata"]
        assert metadata["DBInstanceIdentifier"] == "toy"
        assert states(client, start(client, point), 2) == ["RUNNING", "COMPLETED"]
    finally:
        server.stop()
