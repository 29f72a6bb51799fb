"""Checks the databases in the VPC besides the stack's own: restored copies have a time of deletion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from ops.checks.verify.registry import Problem
from ops.core.aws_state import AwsState, Item, tags
from ops.restore.copies import DELETE_AFTER_TAG
from settings.connections import RESTORED

LIFETIME = timedelta(days=2)
"""How long after its creation a copy without the tag, which AWS Backup restored for a test, may exist."""


def undeclared(aws: AwsState) -> Iterator[Problem]:
    """No other instance is in the stack's VPC, except restored copies that are to be deleted later."""
    for one in aws.list("rds", "describe_db_instances", "DBInstances"):
        name, vpc = one["DBInstanceIdentifier"], one.get("DBSubnetGroup", {}).get("VpcId")
        if aws.vpc is None or vpc != aws.vpc["VpcId"] or name == aws.names.part("rds"):
            continue
        if not _restored(aws, one):
            yield Problem(name, "is an undeclared database in this VPC", "delete it")
        elif (until := _deletion(one)) < datetime.now(UTC):
            yield Problem(
                name,
                f"is a restored copy that was to be deleted by {until:%Y-%m-%d %H:%M} UTC",
                "run `ops restore-drill --resume --apply` if that drill is open, else delete it",
            )


def _restored(aws: AwsState, one: Item) -> bool:
    """Whether it has the name and the only security group of restored copies."""
    groups = {
        group["GroupId"]
        for group in aws.in_vpc("describe_security_groups", "SecurityGroups")
        if group["GroupName"] == aws.names.part(RESTORED.name)
    }
    ids = {group["VpcSecurityGroupId"] for group in one.get("VpcSecurityGroups", [])}
    named = any(fnmatchcase(one["DBInstanceArn"], pattern) for pattern in aws.names.restored_databases)
    return named and bool(ids) and ids == groups


def _deletion(one: Item) -> datetime:
    """When it is to be deleted; at once where its tag is no time."""
    text = tags(one).get(DELETE_AFTER_TAG)
    if text is None:
        return one.get("InstanceCreateTime", datetime.now(UTC)) + LIFETIME
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
