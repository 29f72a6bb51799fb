"""Finds the log group, the network and the running task of a service, tool or one-off task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ops.core.aws_state import Item
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.resources.host_group import host_group
from settings.errors import nearest
from settings.grants import HOST_READER
from settings.parts import ScheduledTask, scheduled_task

HOST_LOGS = ("app", "host/auth", "host/syslog")


@dataclass(frozen=True)
class LogSource:
    """A log group, and the start of the names of the streams to read in it."""

    group: str
    streams: str = ""


def log_source(context: StackContext, name: str | None) -> LogSource:
    """Where a service, tool, one-off task or part of the host logs to."""
    settings, names = context.settings, context.settings.names
    if settings.host:
        if name in (None, HOST_READER, *HOST_LOGS):
            return LogSource(names.log_group("app" if name in (None, HOST_READER) else str(name)))
        raise unknown(context, str(name), HOST_LOGS)
    known = (
        *settings.services,
        *settings.tools,
        *(settings.containers.one_off_tasks if settings.containers else ()),
    )
    if name is None:
        raise Stop(Exit.BAD_INPUT, f"name what to read the log of: {', '.join(known)}")
    task = scheduled_task(settings, name)
    if task is None:
        raise unknown(context, name, known)
    return LogSource(names.log_group(task.runs_as), "" if task.runs_as == name else f"{name}/")


def unknown(context: StackContext, name: str, known: tuple[str, ...]) -> Stop:
    """The error for a name that the stack file does not declare."""
    hint = nearest(name, known) or f"; choose one of: {', '.join(known)}"
    return Stop(Exit.BAD_INPUT, f"{name} is not declared in Pulumi.{context.stack}.yaml{hint}")


def runnable(context: StackContext, name: str) -> ScheduledTask:
    """The one-off task or tool of this name; services run by themselves."""
    platform = context.settings.containers
    if platform is None:
        raise Stop(Exit.BAD_INPUT, f"{context.stack} has a host, and no tasks; use `ops exec`")
    known = (*platform.one_off_tasks, *platform.tools)
    task = scheduled_task(context.settings, name)
    if task is None or task.server:
        raise unknown(context, name, known)
    return task


def network_of(context: StackContext, runs_as: str) -> dict[str, Any]:
    """The private subnets, and the security group of a service or tool, for a task that ECS starts."""
    names = context.settings.names
    groups = [
        one["GroupId"]
        for one in context.aws.in_vpc("describe_security_groups", "SecurityGroups")
        if one["GroupName"] == names.part(runs_as)
    ]
    wanted = names.part("private-")
    subnets = sorted(
        one["SubnetId"]
        for one in context.aws.in_vpc("describe_subnets", "Subnets")
        if any(tag["Key"] == "Name" and tag["Value"].startswith(wanted) for tag in one.get("Tags", []))
    )
    if not groups or not subnets:
        raise Stop(Exit.FINDING, f"{runs_as} has no security group or subnet in the VPC; run `pulumi up`")
    return {
        "awsvpcConfiguration": {
            "subnets": subnets,
            "securityGroups": groups,
            "assignPublicIp": "DISABLED",
        }
    }


def running_task(context: StackContext, service: str) -> Item:
    """The newest running task of a service that accepts ECS Exec."""
    platform = context.settings.containers
    if platform is None or service not in platform.services:
        raise unknown(context, service, tuple(platform.services) if platform else (HOST_READER,))
    if not platform.exec_enabled:
        raise Stop(
            Exit.REFUSED,
            "platform.execEnabled is false: no task runs the agent of Session Manager. Set it to true (never "
            "in production), update the stack and deploy the service",
        )
    names = context.settings.names
    asked = {"cluster": names.cluster, "serviceName": names.part(service), "desiredStatus": "RUNNING"}
    arns = context.aws.list("ecs", "list_tasks", "taskArns", **asked)
    tasks = context.aws.items("ecs", "describe_tasks", arns, may_be_absent=True, cluster=names.cluster)
    ready = [one for one in tasks if one["lastStatus"] == "RUNNING"]
    if not ready:
        raise Stop(Exit.FINDING, f"service {service} has no running task; see `ops show {service}`")
    return max(ready, key=lambda one: str(one.get("startedAt") or one.get("createdAt")))


def host_instance(context: StackContext) -> str:
    """The ID of the host that is in service."""
    for one in (host_group(context.aws) or {}).get("Instances", []):
        if one["LifecycleState"] == "InService":
            return one["InstanceId"]
    raise Stop(Exit.FINDING, "no host is in service; see `ops show`")
