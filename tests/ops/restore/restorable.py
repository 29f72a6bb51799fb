"""A stack whose database has backups, with a place for copies and a check function that tests answer for."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.core.context import Clock, StackContext
from ops.core.exits import Exit
from ops.operations import Record
from ops.restore.drill import How, restore_drill
from sandbox.moto.services.data import restore_jobs
from settings.names import Names
from settings.stack_file import NAMESPACE
from tests.ops.rotation.small_stack import STACK, Killed, SmallStack, ends_at
from tests.ops.rotation.standing import account, small_stack

GOOD = {
    "ok": True,
    "problems": [],
    "tables": {"entries": 120, "users": 7},
    "ciphertexts": {"opened": 40, "failed": 0},
}
HANDLER = """
import json, os

def handler(event, context):
    if not event["address"] or not event["port"]:
        raise ValueError("no address")
    if os.environ["ANSWER"] == "raise":
        raise RuntimeError("canary")
    return json.loads(os.environ["ANSWER"])
"""
_accounts = (str(number) for number in count(666677880001))


@dataclass
class Restorable:
    """The stack, the database and its backups."""

    stack: SmallStack

    @property
    def names(self) -> Names:
        return self.stack.context().settings.names

    @property
    def database_arn(self) -> str:
        names = self.names
        return f"arn:aws:rds:{names.region}:{names.account_id}:db:{names.part('rds')}"

    def client(self, service: str) -> Any:
        return self.stack.client(service)

    def drill(
        self,
        *,
        at: str | None = None,
        error: type[BaseException] = Killed,
        as_json: bool = False,
        **how: Any,
    ) -> Exit:
        """Run a drill; ``at`` ends the run at the first boundary whose name ends with it."""
        context = self.context(as_json=as_json, boundary=ends_at(at, error))
        return restore_drill(context, How(**{"write": True, **how}))

    def drill_at(self, boundary: Callable[[str], None]) -> Exit:
        """Run a drill that calls ``boundary`` between its side effects."""
        return restore_drill(self.context(boundary=boundary), How(write=True))

    def context(self, **how: Any) -> StackContext:
        """The stack's context, with a clock that only waiting moves: eight polls are the longest wait."""
        context, seconds = self.stack.context(**how), [0.0]

        def sleep(poll_s: float) -> None:
            seconds[0] += poll_s

        context.clock = Clock(now=lambda: seconds[0], sleep=sleep, poll_s=1, restore_s=8)
        return context

    def back_up(self, vault: str | None = None) -> str:
        """Create a recovery point; its ARN."""
        answer = self.client("backup").start_backup_job(
            BackupVaultName=vault or self.names.backup_vault,
            ResourceArn=self.database_arn,
            IamRoleArn=self.names.role_arn(self.names.backup_role),
        )
        return str(answer["RecoveryPointArn"])

    def snapshot(self, name: str) -> str:
        self.client("rds").create_db_snapshot(
            DBSnapshotIdentifier=name, DBInstanceIdentifier=self.names.part("rds")
        )
        return name

    def answers(self, answer: Any) -> None:
        """Let the check function return this, or raise an error."""
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self.client("lambda").update_function_configuration(
            FunctionName=self.names.restore_check_role, Environment={"Variables": {"ANSWER": text}}
        )

    def copies(self) -> list[Any]:
        """Every instance but the stack's own."""
        found = self.client("rds").describe_db_instances()["DBInstances"]
        return [one for one in found if one["DBInstanceIdentifier"] != self.names.part("rds")]

    def jobs(self) -> list[Any]:
        return self.client("backup").list_restore_jobs()["RestoreJobs"]

    def reset(self) -> None:
        """Remove what an earlier test left: its record, copies, snapshots, recovery points and answer."""
        s3, rds, bucket = self.client("s3"), self.client("rds"), self.names.state_bucket
        for one in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=one["Key"])
        for one in self.copies():
            name = one["DBInstanceIdentifier"]
            if one["DeletionProtection"]:
                rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False)
            rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        for one in rds.describe_db_snapshots()["DBSnapshots"]:
            rds.delete_db_snapshot(DBSnapshotIdentifier=one["DBSnapshotIdentifier"])
        restore_jobs.forget()
        self.answers(GOOD)

    def open_record(self) -> dict[str, Any]:
        """The record of the open operation, as it is stored."""
        return json.loads(self._open()[1])

    def change_record(self, **changes: Any) -> None:
        """Replace members of the record of the open operation."""
        key, text = self._open()
        body = json.dumps({**json.loads(text), **changes})
        self.client("s3").put_object(Bucket=self.names.state_bucket, Key=key, Body=body)

    def _open(self) -> tuple[str, str]:
        s3, bucket = self.client("s3"), self.names.state_bucket
        for one in s3.list_objects_v2(Bucket=bucket)["Contents"]:
            text = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode()
            if '"restore-drill"' in text:
                return one["Key"], text
        raise AssertionError("no drill is open")

    def finished(self) -> list[Record]:
        return self.stack.records.finished("restore-drill")


def window(monkeypatch: pytest.MonkeyPatch, *found: dict[str, Any]) -> None:
    """Let RDS describe these automated backups."""
    monkeypatch.setattr("ops.restore.recovery_points._automated_backups", lambda context: list(found))


def aged(db: Restorable, days: float) -> None:
    """Let every finished drill be older by this many days."""
    s3, bucket = db.client("s3"), db.names.state_bucket
    for one in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        if "/finished/" not in one["Key"]:
            continue
        record = json.loads(s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read())
        before = datetime.fromisoformat(record["finished"]) - timedelta(days=days)
        body = json.dumps({**record, "finished": before.isoformat()}).encode()
        s3.put_object(Bucket=bucket, Key=one["Key"], Body=body)


@contextmanager
def restorable(folder: Path) -> Iterator[Restorable]:
    """The stack, in an account of its own: moto keeps accounts while any sandbox is open."""
    here = next(_accounts)
    with account(here) as aws, small_stack(aws, folder / "checkout", account_id=here) as stack:
        declare_backup(stack.root)
        made = Restorable(stack)
        _create(made)
        yield made


def declare_backup(root: Path) -> None:
    """Declare backups in the stack file."""
    path = root / f"Pulumi.{STACK}.yaml"
    content = yaml.safe_load(path.read_text())
    content["config"][f"{NAMESPACE}backup"] = {"tables": {"entries": 1}}
    path.write_text(yaml.safe_dump(content, sort_keys=False))


def _create(made: Restorable) -> None:
    names, ec2, rds = made.names, made.client("ec2"), made.client("rds")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": names.part("vpc")}])
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"{names.region}{zone}")
        for n, zone in enumerate("ab")
    ]
    rds.create_db_subnet_group(
        DBSubnetGroupName=names.part("isolated"),
        DBSubnetGroupDescription="isolated",
        SubnetIds=[one["Subnet"]["SubnetId"] for one in subnets],
    )
    groups = [
        ec2.create_security_group(GroupName=names.part(what), Description=what, VpcId=vpc)["GroupId"]
        for what in ("rds", "restored-rds")
    ]
    key = made.client("kms").create_key()["KeyMetadata"]
    made.client("kms").create_alias(AliasName=names.key_alias("data"), TargetKeyId=key["KeyId"])
    rds.create_db_parameter_group(
        DBParameterGroupName=names.part("rds"), DBParameterGroupFamily="postgres17", Description="rds"
    )
    rds.create_db_instance(
        DBInstanceIdentifier=names.part("rds"),
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        MasterUsername="aiponge_admin",
        MasterUserPassword="only-in-this-emulated-account",
        AllocatedStorage=20,
        StorageEncrypted=True,
        KmsKeyId=key["Arn"],
        DBSubnetGroupName=names.part("isolated"),
        DBParameterGroupName=names.part("rds"),
        VpcSecurityGroupIds=groups[:1],
        PubliclyAccessible=False,
        DeletionProtection=True,
        BackupRetentionPeriod=7,
        EnableIAMDatabaseAuthentication=True,
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("check_for_test.py", HANDLER)
    role = made.client("iam").create_role(RoleName="check", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made.client("lambda").create_function(
        FunctionName=names.restore_check_role,
        Role=role,
        Runtime="python3.13",
        Handler="check_for_test.handler",
        Code={"ZipFile": buffer.getvalue()},
        Environment={"Variables": {"ANSWER": json.dumps(GOOD)}},
    )
