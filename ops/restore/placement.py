"""Finds where a copy is restored to: the isolated subnets, with a security group of its own."""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import ClientError

from ops.core.aws_state import Item
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.session import error_code
from settings.connections import RESTORED

SUBNETS = "isolated"


@dataclass(frozen=True)
class Placement:
    """What a restored copy is created with."""

    subnet_group: str
    security_group_id: str

    def problems(self, copy: Item) -> list[str]:
        """How a restored copy differs from this placement; empty where only the function reaches it."""
        found: list[str] = []
        if copy.get("PubliclyAccessible") is not False:
            found.append("it is publicly accessible")
        group = copy.get("DBSubnetGroup", {}).get("DBSubnetGroupName")
        if group != self.subnet_group:
            found.append(f"its subnet group is {group}, not {self.subnet_group}")
        ids = sorted(one["VpcSecurityGroupId"] for one in copy.get("VpcSecurityGroups", []))
        if ids != [self.security_group_id]:
            shown = ", ".join(ids) or "none"
            found.append(f"its security groups are {shown}, not {self.security_group_id} alone")
        return found


def placement(context: StackContext) -> Placement:
    """The placement of the stack; :class:`Stop` (refused) where the stack has none."""
    aws, names, stack = context.aws, context.settings.names, context.stack
    if context.settings.backup is None:
        raise Stop(
            Exit.REFUSED,
            f"Pulumi.{stack}.yaml declares no strongroom:backup, which creates the security group of "
            "restored databases and the function that checks them: declare it and run `pulumi up`",
        )
    group = names.part(RESTORED.name)
    ids = [
        one["GroupId"]
        for one in aws.in_vpc("describe_security_groups", "SecurityGroups")
        if one["GroupName"] == group
    ]
    missing = [] if ids else [f"security group {group}"]
    missing += [] if _has_subnet_group(context) else [f"DB subnet group {names.part(SUBNETS)}"]
    missing += [] if _has_function(context) else [f"function {names.restore_check_role}"]
    if missing:
        raise Stop(Exit.REFUSED, f"{stack} has no {', no '.join(missing)}: run `pulumi up` first")
    return Placement(names.part(SUBNETS), ids[0])


def _has_subnet_group(context: StackContext) -> bool:
    found = context.aws.list("rds", "describe_db_subnet_groups", "DBSubnetGroups")
    return any(one["DBSubnetGroupName"] == context.settings.names.part(SUBNETS) for one in found)


def _has_function(context: StackContext) -> bool:
    try:
        context.aws.ask(
            "lambda", "get_function_configuration", FunctionName=context.settings.names.restore_check_role
        )
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return False
    return True
