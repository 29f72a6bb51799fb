"""Describes, tags and deletes the restored copy of a database."""

from __future__ import annotations

from collections.abc import Mapping

from botocore.exceptions import ClientError

from ops.core import answers
from ops.core.aws_state import Item, tags
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.session import error_code

DELETE_AFTER_TAG = "strongroom:delete-after"
"""The time after which nobody needs the copy; ``ops verify`` then reports it."""
_ABSENT = frozenset({"DBInstanceNotFound", "DBInstanceNotFoundFault"})
_BUSY = frozenset({"InvalidDBInstanceState", "InvalidDBInstanceStateFault"})


def describe(context: StackContext, name: str) -> Item | None:
    """The instance as it is now; None where it does not exist."""
    try:
        found = answers.listed(
            context.aws.client("rds"), "describe_db_instances", "DBInstances", DBInstanceIdentifier=name
        )
    except ClientError as error:
        if error_code(error) not in _ABSENT:
            raise
        return None
    return found[0] if found else None


def tag(context: StackContext, copy: Item, wanted: Mapping[str, str]) -> None:
    """Add tags that a copy lacks: AWS Backup restores without them."""
    if wanted.items() <= tags(copy).items():
        return
    context.aws.client("rds").add_tags_to_resource(
        ResourceName=copy["DBInstanceArn"],
        Tags=[{"Key": key, "Value": value} for key, value in wanted.items()],
    )


def delete(context: StackContext, name: str) -> None:
    """Delete a copy with its backups and wait until it is gone; done already where it does not exist."""
    client, deleting = context.aws.client("rds"), False

    def gone() -> bool:
        nonlocal deleting
        copy = describe(context, name)
        if copy is None:
            return True
        if deleting or copy["DBInstanceStatus"] == "deleting":
            return False
        try:
            if copy.get("DeletionProtection"):
                client.modify_db_instance(
                    DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True
                )
            client.delete_db_instance(
                DBInstanceIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
            )
        except ClientError as error:
            if error_code(error) not in _BUSY | _ABSENT:
                raise
        else:
            deleting = True
        return False

    if not context.clock.until(context.clock.restore_s, gone):
        raise Stop(
            Exit.PARTLY, f"{name} is not deleted yet: read its events in RDS, then continue with --resume"
        )
