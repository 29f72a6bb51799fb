"""Runs the stack's SSM document on its hosts to fetch new values; every instance must report success."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from ops.core import answers
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.session import error_code

SUCCESS, WAITING = "Success", "Pending"
_UNFINISHED = frozenset({WAITING, "InProgress", "Delayed", "Cancelling"})


def refresh(context: StackContext) -> None:
    """Run the update document on all hosts of the stack and wait until each has finished."""
    names, ssm = context.aws.names, context.aws.client("ssm")
    instances = list(running(context))
    if not instances:
        raise Stop(
            Exit.PARTLY, f"no instance named {names.host_name} runs: once one does, continue with --resume"
        )
    command = ssm.send_command(
        DocumentName=names.update_document, InstanceIds=instances, Comment="new parameter values"
    )["Command"]["CommandId"]
    context.say(f"document {names.update_document}: sent to {', '.join(instances)}")
    states = dict.fromkeys(instances, WAITING)

    def finished() -> bool:
        states.update({one: _state(ssm, command, one) for one in instances})
        return not _UNFINISHED & set(states.values())

    if not context.clock.until(context.clock.rollout_s, finished):
        raise Stop(
            Exit.PARTLY, f"command {command} is not done yet; wait for it, then continue with --resume"
        )
    # The script's output is in its log group and not printed here.
    failed = [f"{one} ({state})" for one, state in states.items() if state != SUCCESS]
    if failed:
        raise Stop(
            Exit.PARTLY,
            f"{names.update_document} failed on {', '.join(failed)}: the host restored its previous .env; "
            "correct the cause, then continue with --resume",
        )
    for one in instances:
        context.say(f"instance {one}: runs with the new values", "green")


def running(context: StackContext) -> dict[str, datetime]:
    """The IDs of the stack's running hosts, found by their tags, with their launch times."""
    tags = {
        "Name": context.aws.names.host_name,
        **{key: context.settings.tags[key] for key in ("App", "Env")},
    }
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    filters.append({"Name": "instance-state-name", "Values": ["running"]})
    client = context.aws.client("ec2")
    groups = answers.listed(client, "describe_instances", "Reservations", Filters=filters)
    return {one["InstanceId"]: one["LaunchTime"] for group in groups for one in group["Instances"]}


def _state(ssm: Any, command: str, instance: str) -> str:
    try:
        return ssm.get_command_invocation(CommandId=command, InstanceId=instance)["Status"]
    except ClientError as error:
        # The invocation does not exist until the first report.
        if error_code(error) != "InvocationDoesNotExist":
            raise
        return WAITING
