"""Opens a shell in a task or on the host, and a tunnel to the database, through Session Manager."""

from __future__ import annotations

from typing import Any

from ops.access.plugin import require_plugin, run_plugin
from ops.access.targets import host_instance, running_task
from ops.checks.verify.data import database
from ops.core.aws_state import Item
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop

PORT_FORWARDING = "AWS-StartPortForwardingSessionToRemoteHost"
REMOTE = ("database",)


def exec_command(context: StackContext, service: str | None, command: str) -> Exit:
    """Open a shell in the newest task of a service, or on the host; the session is logged."""
    plugin = require_plugin()
    if context.settings.host:
        asked: dict[str, Any] = {"Target": host_instance(context)}
        return run_plugin(context, plugin, context.aws.client("ssm").start_session(**asked), asked)
    if service is None:
        raise Stop(Exit.BAD_INPUT, f"name a service: {', '.join(context.settings.services)}")
    task = running_task(context, service)
    context.say(f"{service}: {task['taskArn'].rpartition('/')[2]}; leave with exit")
    answer = context.aws.client("ecs").execute_command(
        cluster=context.settings.names.cluster,
        task=task["taskArn"],
        container=service,
        interactive=True,
        command=command,
    )
    asked = {"Target": _target(context, task, service)}
    return run_plugin(context, plugin, answer["session"], asked)


def tunnel(context: StackContext, what: str, through: str | None, local_port: int) -> Exit:
    """Forward a local port to the database, through a task or the host; no port is opened anywhere."""
    if what not in REMOTE:
        raise Stop(Exit.BAD_INPUT, f"{what}: a tunnel leads to {', '.join(REMOTE)}")
    plugin, found = require_plugin(), database.instance(context.aws)
    if found is None or "Endpoint" not in found:
        raise Stop(Exit.FINDING, "the database does not exist, or has no address yet")
    address, port = found["Endpoint"]["Address"], found["Endpoint"]["Port"]
    if context.settings.host:
        target = host_instance(context)
    else:
        service = through or _with_database(context)
        target = _target(context, running_task(context, service), service)
    asked = {
        "Target": target,
        "DocumentName": PORT_FORWARDING,
        "Parameters": {
            "host": [address],
            "portNumber": [str(port)],
            "localPortNumber": [str(local_port)],
        },
    }
    context.say(f"localhost:{local_port} is {address}:{port} until Ctrl-C; connect with sslmode=verify-ca")
    return run_plugin(context, plugin, context.aws.client("ssm").start_session(**asked), asked)


def _with_database(context: StackContext) -> str:
    """The first service that may connect to the database."""
    found = [name for name, one in context.settings.services.items() if "database" in one.stores]
    if not found:
        raise Stop(Exit.BAD_INPUT, "no service connects to the database; there is no way to it")
    return found[0]


def _target(context: StackContext, task: Item, container: str) -> str:
    """The name of a container's agent in Session Manager."""
    ident = task["taskArn"].rpartition("/")[2]
    runtime = next((one.get("runtimeId") for one in task["containers"] if one["name"] == container), None)
    if not runtime:
        raise Stop(Exit.FINDING, f"container {container} of task {ident} has not started yet")
    return f"ecs:{context.settings.names.cluster}_{ident}_{runtime}"
