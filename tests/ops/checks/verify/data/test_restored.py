"""Verification reports databases besides the stack's own, unless they are restored copies in their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.checks.verify.data.restored import undeclared
from ops.core.aws_state import Item
from settings.names import Names

NAMES = Names(prefix="aiponge", environment="prod", account_id="111122223333", region="eu-west-1")
VPC, GROUP = "vpc-1", "sg-restored"
LATER, EARLIER = (datetime.now(UTC) + timedelta(hours=sign) for sign in (1, -1))


class Account:
    """The instances and security groups of an account, as AwsState gives them."""

    names = NAMES

    def __init__(self, *instances: Item) -> None:
        self.vpc = {"VpcId": VPC}
        self._instances = instances

    def list(self, service: str, operation: str, member: str) -> list[Item]:
        return list(self._instances)

    def in_vpc(self, operation: str, member: str) -> list[Item]:
        names = {GROUP: "aiponge-restored-rds", "sg-rds": "aiponge-rds"}
        return [{"GroupId": ident, "GroupName": name} for ident, name in names.items()]


def database(name: str, *, until: str | None = None, group: str = GROUP, **members: Any) -> Item:
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"arn:aws:rds:eu-west-1:111122223333:db:{name}",
        "DBSubnetGroup": {"VpcId": VPC},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group}],
        "InstanceCreateTime": datetime.now(UTC),
        "TagList": [{"Key": "strongroom:delete-after", "Value": until}] if until else [],
        **members,
    }


def problems(*instances: Item) -> list[str]:
    account: Any = Account(*instances)
    return [one.problem for one in undeclared(account)]


OF_A_DRILL = database("aiponge-restored-1a2b3c4d", until=LATER.isoformat())
OF_A_TEST = database("awsbackup-restore-test-1")


def test_the_stacks_own_and_those_of_other_vpcs_are_not_reported() -> None:
    other = database("other", DBSubnetGroup={"VpcId": "vpc-2"})
    assert problems(database("aiponge-rds", group="sg-rds"), other) == []


@pytest.mark.parametrize("one", [OF_A_DRILL, OF_A_TEST])
def test_a_restored_copy_is_not_reported_in_its_time(one: Item) -> None:
    assert problems(one) == []


@pytest.mark.accepts("A19")
@pytest.mark.parametrize(
    "one",
    [
        database("by-hand", until=LATER.isoformat()),
        database("aiponge-restored", until=LATER.isoformat()),
        {**OF_A_DRILL, "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-rds"}]},
        {**OF_A_DRILL, "VpcSecurityGroups": [{"VpcSecurityGroupId": one} for one in (GROUP, "sg-rds")]},
        {**OF_A_DRILL, "VpcSecurityGroups": []},
    ],
)
def test_a_database_that_is_no_restored_copy_is_reported(one: Item) -> None:
    assert problems(one) == ["is an undeclared database in this VPC"]


@pytest.mark.parametrize(
    "one",
    [
        database("aiponge-restored-1a2b3c4d", until=EARLIER.isoformat()),
        database("aiponge-restored-1a2b3c4d", until=EARLIER.replace(tzinfo=None).isoformat()),
        database("aiponge-restored-1a2b3c4d", until="never"),
        database("awsbackup-restore-test-1", InstanceCreateTime=datetime.now(UTC) - timedelta(days=3)),
    ],
)
def test_a_restored_copy_that_was_forgotten_is_reported(one: Item) -> None:
    (found,) = problems(one)
    assert found.startswith("is a restored copy that was to be deleted by ")
