"""Where a drill restores to, and when it is refused before anything is created."""

from __future__ import annotations

import pytest
import yaml

from ops.core.exits import Exit
from settings.stack_file import NAMESPACE
from tests.ops.restore.restorable import Restorable
from tests.ops.rotation.small_stack import STACK, Killed, refusal


def refused(db: Restorable) -> str:
    """The message of a drill that begins nothing."""
    db.back_up()
    said = refusal(Exit.REFUSED, db.drill)
    assert (db.stack.open(), db.jobs(), db.copies()) == (None, [], [])
    return said


def test_a_stack_without_backups_is_refused(db: Restorable) -> None:
    path = db.stack.root / f"Pulumi.{STACK}.yaml"
    before = path.read_text()
    content = yaml.safe_load(before)
    del content["config"][f"{NAMESPACE}backup"]
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    try:
        assert "declares no strongroom:backup" in refused(db)
    finally:
        path.write_text(before)


def test_a_stack_without_the_security_group_is_refused(db: Restorable) -> None:
    ec2 = db.client("ec2")
    (group,) = [
        one
        for one in ec2.describe_security_groups()["SecurityGroups"]
        if one["GroupName"] == "aiponge-restored-rds"
    ]
    ec2.delete_security_group(GroupId=group["GroupId"])
    try:
        assert "has no security group aiponge-restored-rds: run `pulumi up` first" in refused(db)
    finally:
        ec2.create_security_group(GroupName=group["GroupName"], Description="restored", VpcId=group["VpcId"])


def test_a_stack_without_the_check_function_is_refused(
    db: Restorable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(db.names), "restore_check_role", "aiponge-gone")
    assert "has no function aiponge-gone: run `pulumi up` first" in refused(db)


def test_a_stack_without_the_subnet_group_is_refused(db: Restorable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.restore.placement.SUBNETS", "elsewhere")
    assert "has no DB subnet group aiponge-elsewhere: run `pulumi up` first" in refused(db)


def test_a_drill_is_refused_while_another_operation_is_open(db: Restorable) -> None:
    db.back_up()
    with pytest.raises(Killed):
        db.stack.rotate("redis-url", at="record written")
    assert "rotate redis-url is in progress" in refusal(Exit.REFUSED, db.drill)
