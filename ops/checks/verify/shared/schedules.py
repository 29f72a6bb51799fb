"""Checks that the declared schedules run the declared tasks, and that no other schedule does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from settings.parts import scheduled_task


def listed(aws: AwsState) -> list[Item]:
    """The schedules of the stack's group, and those of other groups that run its cluster's tasks."""
    if not aws.settings.schedules:
        return []
    return aws.list("scheduler", "list_schedules", "Schedules")


@check("schedules-present", "A51")
def present(aws: AwsState) -> Iterator[Problem]:
    """Every declared schedule runs its task at the declared time, with its own role."""
    names = aws.names
    there = {one["Name"] for one in listed(aws) if one["GroupName"] == names.schedule_group}
    for key, settings in aws.settings.schedules.items():
        if key not in there:
            yield Problem(f"schedule {key}", "does not exist", BY_PROGRAM)
            continue
        found = aws.ask("scheduler", "get_schedule", GroupName=names.schedule_group, Name=key)
        wanted = {
            "ScheduleExpression": settings.expression,
            "ScheduleExpressionTimezone": settings.time_zone,
            "State": "ENABLED" if settings.enabled else "DISABLED",
        }
        for member, value in wanted.items():
            if found.get(member) != value:
                problem = f"its {member} is {found.get(member)}, declared is {value}"
                yield Problem(f"schedule {key}", problem, BY_PROGRAM)
        yield from _target(aws, key, found.get("Target", {}))


@check("schedules-undeclared", "A51")
def undeclared(aws: AwsState) -> Iterator[Problem]:
    """No other schedule is in the stack's group, or runs tasks of its cluster."""
    names = aws.names
    for one in listed(aws):
        ours = one["GroupName"] == names.schedule_group
        if ours and one["Name"] in aws.settings.schedules:
            continue
        if ours or one.get("Target", {}).get("Arn") == names.cluster_arn:
            problem = "is not declared, and runs in the stack's group or cluster"
            remedy = "delete it with `aws scheduler delete-schedule`, or declare it"
            yield Problem(f"schedule {one['GroupName']}/{one['Name']}", problem, remedy)


def _target(aws: AwsState, key: str, target: dict[str, Any]) -> Iterator[Problem]:
    settings, names = aws.settings.schedules[key], aws.names
    task = scheduled_task(aws.settings, settings.task)
    if task is None:
        return  # the settings do not allow it
    parameters = target.get("EcsParameters", {})
    command: list[str] = []
    if target.get("Input"):
        (override,) = json.loads(target["Input"])["containerOverrides"]
        command = override["command"]
    compared = (
        ("cluster", target.get("Arn"), names.cluster_arn),
        ("role", target.get("RoleArn"), names.role_arn(names.schedule_role(key))),
        ("task definition", parameters.get("TaskDefinitionArn"), names.task_family_arn(task.family)),
        ("command", command, list(settings.command)),
    )
    for what, given, wanted in compared:
        if given != wanted:
            problem = f"its {what} is {given}, declared is {wanted}"
            yield Problem(f"schedule {key}", problem, BY_PROGRAM)
