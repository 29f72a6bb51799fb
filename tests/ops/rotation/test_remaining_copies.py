"""The copies of an old key that are left once it is retired."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ops.core.exits import Exit
from ops.rotation.remaining_copies import Copies, backups, copies
from ops.rotation.retire import How, retire
from settings import read_stack_file
from tests.ops.rotation.small_stack import SmallStack
from tests.ops.rotation.test_retire import NOW

PARAMETER = "/cinematch/production/django-secret-key"
KEY, RING = "internal-service-secret", "aiponge/internal-service-keyring"


@pytest.mark.finding(20)
def test_a_retirement_lists_the_versions_that_still_hold_the_old_key(
    stack: SmallStack, capsys: pytest.CaptureFixture[str]
) -> None:
    ring = stack.client("secretsmanager")
    before = ring.get_secret_value(SecretId=RING)["VersionId"]
    stack.rotate(KEY)
    capsys.readouterr()
    context = stack.context(as_json=True)
    assert retire(context, KEY, How(write=True, token_minutes=0)) == Exit.DONE
    document = json.loads(capsys.readouterr().out)["remaining"]
    assert {"name": RING, "version": before} in document["versions"]
    assert document["backups"] == []
    current = ring.get_secret_value(SecretId=RING)["VersionId"]
    assert current not in [one["version"] for one in document["versions"]]


@pytest.mark.finding(20)
def test_a_dry_run_lists_them_too(stack: SmallStack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.rotate(KEY)
    assert retire(stack.context(), KEY, How(token_minutes=0)) == Exit.DONE
    assert f"of {RING} can still be read and may hold the old key" in capsys.readouterr().out


def test_of_a_parameter_the_earlier_versions_are_known_without_reading_its_history() -> None:
    found = copies(_host(130), "django-secret-key", encrypts_rows=False)
    assert [(one.name, one.version) for one in found.versions] == [(PARAMETER, "31 to 129")]
    assert copies(_host(1), "django-secret-key", encrypts_rows=False) == Copies((), ())


def _host(version: int) -> Any:
    """The stack of a host, of whose parameters AWS is asked for the descriptions only."""
    settings = read_stack_file("cinematch-production")

    def listed(service: str, call: str, member: str, **_: Any) -> list[Any]:
        assert (service, call) == ("ssm", "describe_parameters")
        return [{"Name": PARAMETER, "Version": version}]

    aws = SimpleNamespace(settings=settings, names=settings.names, list=listed)
    return SimpleNamespace(settings=settings, aws=aws)


@pytest.mark.attack(25)
@pytest.mark.finding(20)
@pytest.mark.parametrize(
    ("automated", "snapshots", "managed", "points", "oldest"),
    [
        ([], [], [], [], None),
        ([None], [None], [], [], None),
        ([2], [], [], [], 2),
        ([], [3, 9, 4], [], [], 9),
        ([7], [3], [], [], 7),
        ([3], [7], [], [], 7),
        ([3], [7], [8], [], 8),
        ([3], [7], [8], [90, 30], 90),
    ],
)
def test_every_backup_that_can_be_restored_counts(
    automated: list[Any], snapshots: list[Any], managed: list[Any], points: list[Any], oldest: int | None
) -> None:
    answers = {
        ("describe_db_instance_automated_backups", None): [
            {"RestoreWindow": {"EarliestTime": _at(one)}} if one else {} for one in automated
        ],
        ("describe_db_snapshots", None): [_snapshot(one) for one in snapshots],
        ("describe_db_snapshots", "awsbackup"): [_snapshot(one) for one in managed],
        ("list_recovery_points_by_resource", None): [
            {"RecoveryPointArn": "arn:aws:backup:point", "CreationDate": _at(one)} for one in points
        ],
    }

    def listed(service: str, call: str, member: str, **which: str) -> list[Any]:
        if service == "backup":
            assert which == {"ResourceArn": "arn:aws:rds:eu-west-1:123412341234:db:aiponge-rds"}
        else:
            assert which["DBInstanceIdentifier"] == "aiponge-rds"
        return answers[call, which.get("SnapshotType")]

    names = SimpleNamespace(
        part=lambda what: f"aiponge-{what}", region="eu-west-1", account_id="123412341234"
    )
    context: Any = SimpleNamespace(aws=SimpleNamespace(names=names, list=listed))
    assert min((one.oldest for one in backups(context)), default=None) == (oldest and _at(oldest))


def _at(days: int) -> datetime:
    return NOW - timedelta(days=days)


def _snapshot(days: int | None) -> dict[str, Any]:
    made = {"SnapshotCreateTime": _at(days)} if days else {}
    return {"DBSnapshotIdentifier": f"snapshot-{days}", **made}


@pytest.mark.finding(20)
def test_recovery_points_of_aws_backup_are_listed(stack: SmallStack) -> None:
    context = stack.context()
    arn = f"arn:aws:rds:{context.settings.region}:{context.settings.account_id}:db:aiponge-rds"
    client = stack.client("backup")
    point = client.start_backup_job(
        BackupVaultName="vault", ResourceArn=arn, IamRoleArn="arn:aws:iam::123412341234:role/backup"
    )["RecoveryPointArn"]
    found = copies(context, "entry-encryption-key", encrypts_rows=True)
    assert [one.name for one in found.backups] == [f"recovery point {point}"]
    assert f"recovery point {point} can be restored to" in str(found)
