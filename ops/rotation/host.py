"""A host takes new values by the stack's own document only, and every instance must report success."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.session import error_code

SUCCESS, WAITING = "Success", "Pending"
_UNFINISHED = frozenset({WAITING, "InProgress", "Delayed", "Cancelling"})


def refresh(context: StackContext) -> None:
    """Run the update document on the stack's hosts, and wait for each of them."""
    names, ssm = context.aws.names, context.aws.client("ssm")
    instances = list(running(context))
    if not instances:
        raise Stop(Exit.PARTLY, f"no instance named {names.host_name} runs: once one does, --resume")
    command = ssm.send_command(
        DocumentName=names.update_document, InstanceIds=instances, Comment="new parameter values"
    )["Command"]["CommandId"]
    context.say(f"document {names.update_document}: sent to {', '.join(instances)}")
    states = dict.fromkeys(instances, WAITING)

    def finished() -> bool:
        states.update({one: _state(ssm, command, one) for one in instances})
        return not _UNFINISHED & set(states.values())

    if not context.clock.until(context.clock.rollout_s, finished):
        raise Stop(Exit.PARTLY, f"command {command} is not done yet; wait for it, then --resume")
    # What the script printed is not repeated: its log group has it.
    failed = [f"{one} ({state})" for one, state in states.items() if state != SUCCESS]
    if failed:
        raise Stop(
            Exit.PARTLY,
            f"{names.update_document} failed on {', '.join(failed)}: the host went back to its last .env; "
            "mend the cause, then --resume",
        )
    for one in instances:
        context.say(f"instance {one}: runs with the new values", "green")


def running(context: StackContext) -> dict[str, datetime]:
    """The stack's running hosts, found by their tags, and when each was launched."""
    tags = {
        "Name": context.aws.names.host_name,
        **{key: context.settings.tags[key] for key in ("App", "Env")},
    }
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    filters.append({"Name": "instance-state-name", "Values": ["running"]})
    pages = context.aws.client("ec2").get_paginator("describe_instances").paginate(Filters=filters)
    groups = [group for page in pages for group in page["Reservations"]]
    return {one["InstanceId"]: one["LaunchTime"] for group in groups for one in group["Instances"]}


def _state(ssm: Any, command: str, instance: str) -> str:
    try:
        return ssm.get_command_invocation(CommandId=command, InstanceId=instance)["Status"]
    except ClientError as error:
        # Between the sending and the first report there is none.
        if error_code(error) != "InvocationDoesNotExist":
            raise
        return WAITING
