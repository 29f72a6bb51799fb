"""Checks deployments: rollout state, rollback, ECS Exec, and tasks older than their secrets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from ops.checks.verify.ecs.tasks import Running, begun, cluster_name, platform_of, primary_of, running
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from ops.core.resources.alarms import stack_alarms
from ops.core.secret_stores import stored_values
from settings.grants import entries_read_by


@check("containers-exec", "A51")
def no_shells(aws: AwsState) -> Iterator[Problem]:
    """ECS Exec is off where the stack does not enable it."""
    platform = platform_of(aws)
    for one in running(aws):
        if one.service.get("enableExecuteCommand") and not (platform and platform.exec_enabled):
            yield Problem(one.subject, "ECS Exec is on, declared is execEnabled: false", BY_PROGRAM)


@check("containers-rollback", "A51")
def rollback(aws: AwsState) -> Iterator[Problem]:
    """The deployment circuit breaker is on, with rollback."""
    for one in running(aws):
        breaker = one.service.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {})
        if not (breaker.get("enable") and breaker.get("rollback")):
            yield Problem(one.subject, "its deployment circuit breaker with rollback is off", BY_PROGRAM)


@check("containers-rollback-alarms", "A51")
def rollback_alarms(aws: AwsState) -> Iterator[Problem]:
    """Alarms that exist roll a deployment back."""
    if not running(aws):
        return
    there = {one["AlarmName"] for one in stack_alarms(aws, "MetricAlarms")}
    for one in running(aws):
        alarms = one.service.get("deploymentConfiguration", {}).get("alarms", {})
        if not (alarms.get("enable") and alarms.get("rollback") and alarms.get("alarmNames")):
            yield Problem(one.subject, "no alarm rolls its deployments back", BY_PROGRAM)
        for name in sorted(set(alarms.get("alarmNames", [])) - there):
            yield Problem(one.subject, f"its deployments depend on {name}, which does not exist", BY_PROGRAM)


@check("containers-rollout", "A8", "A46")
def rollout(aws: AwsState) -> Iterator[Problem]:
    """The primary deployment has the service's task definition, is completed, and runs all tasks."""
    for one in running(aws):
        primary = primary_of(one.service)
        state, wanted = primary.get("rolloutState"), one.service.get("desiredCount", 0)
        revision = str(primary.get("taskDefinition", "")).rpartition(":")[2]
        if state == "FAILED":
            expected = one.service["taskDefinition"].rpartition(":")[2]
            why = _last_stop(aws, one) or primary.get("rolloutStateReason", "unknown")
            yield Problem(
                one.subject,
                f"deployment FAILED, running :{revision}, expected :{expected}; last stop reason {why}",
                "correct the cause, then deploy again",
            )
        elif primary.get("taskDefinition") not in (None, one.service["taskDefinition"]):
            expected = one.service["taskDefinition"].rpartition(":")[2]
            yield Problem(
                one.subject,
                f"runs :{revision}, expected :{expected}",
                "read its events: it may have been rolled back",
            )
        if one.service.get("runningCount", 0) < wanted:
            count = one.service.get("runningCount", 0)
            yield Problem(one.subject, f"runs {count} of {wanted} tasks", "read its events and stopped tasks")


@check("containers-stale", "A9", "A33")
def stale(aws: AwsState) -> Iterator[Problem]:
    """Every running task was created after the current version of each secret that it reads."""
    held = {entry.store_name: value for entry, value in stored_values(aws)}
    for one in running(aws):
        for task in _tasks(aws, one, "RUNNING"):
            began = begun(task)
            for entry in entries_read_by(aws.settings, one.name):
                value = held.get(entry.store_name)
                if value and began and began.astimezone(UTC) < value.created.astimezone(UTC):
                    yield Problem(
                        one.subject,
                        f"task {task['taskArn'].rpartition('/')[2][:8]} is older than {entry.store_name}",
                        "deploy it again: `aws ecs update-service --force-new-deployment`",
                    )


def _tasks(aws: AwsState, one: Running, status: str) -> list[Item]:
    names = {"cluster": cluster_name(aws), "serviceName": one.service["serviceName"]}
    arns = aws.list("ecs", "list_tasks", "taskArns", **names, desiredStatus=status)
    return aws.items("ecs", "describe_tasks", arns, may_be_absent=True, cluster=names["cluster"])


def _last_stop(aws: AwsState, one: Running) -> str | None:
    stopped = [task for task in _tasks(aws, one, "STOPPED") if task.get("stoppedReason")]
    return stopped[-1]["stoppedReason"] if stopped else None
