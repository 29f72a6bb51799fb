"""Runs a one-off task (a migration) with the new image, and waits until it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deploy import task_definitions
from deploy.errors import DeployError, words
from deploy.waiting import Wait, complain, say

STARTED_BY = "deploy"


def run(ecs: Any, cluster: str, name: str, facts: Mapping[str, Any], image: str, wait: Wait) -> None:
    """Run the task ``name``, or wait for one that an interrupted deployment of the same image left running.

    Raises DeployError, after which nothing may be deployed, if it did not end with 0.
    """
    declared = task_definitions.described(ecs, facts["taskDefinitionArn"])
    container = str(facts.get("containerName", name))
    definition = task_definitions.with_image(declared, container, image)
    arn = _running(ecs, cluster, name, definition["family"], container, image)
    if arn is None:
        arn = _start(ecs, cluster, name, facts, task_definitions.register(ecs, definition))
        say(f"{name}: started {task_definitions.short(arn)}")
    else:
        say(f"{name}: {task_definitions.short(arn)} of an earlier run is still running")
    try:
        stopped = wait.until(lambda: _stopped(ecs, cluster, name, arn))
    except (ClientError, BotoCoreError) as error:
        raise DeployError(
            f"{name}: {task_definitions.short(arn)} goes on in ECS and cannot be watched: {words(error)}: "
            "nothing was deployed. Run this job again to watch it"
        ) from error
    if stopped is None:
        try:
            ecs.stop_task(cluster=cluster, task=arn, reason=f"not ended after {wait.timeout_s:.0f} s")
        except (ClientError, BotoCoreError) as error:
            raise DeployError(
                f"{name}: not ended after {wait.timeout_s:.0f} s; {task_definitions.short(arn)} cannot be "
                f"stopped: {words(error)}: nothing was deployed"
            ) from error
        raise DeployError(
            f"{name}: not ended after {wait.timeout_s:.0f} s, stopped: nothing was deployed. "
            "Give it more time with the input `migration-minutes`"
        )
    _judge(name, container, stopped)


def _running(ecs: Any, cluster: str, name: str, family: str, container: str, image: str) -> str | None:
    """The task of this family that runs ``image`` now."""
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, family=family, desiredStatus="RUNNING")
    arns = [arn for page in pages for arn in page.get("taskArns", [])]
    if not arns:
        return None
    # DescribeTasks takes 100; a task that runs twice is one too many already.
    # One that has ended since it was listed may be missing from the answer.
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns[:100]).get("tasks", [])
    for task in tasks:
        if _image(ecs, task, container) == image:
            return task["taskArn"]
    others = [task_definitions.short(task["taskArn"]) for task in tasks if task["lastStatus"] != "STOPPED"]
    if others:
        raise DeployError(
            f"{name}: {others[0]} runs another image: wait until it has ended, or stop it "
            f"with `aws ecs stop-task --cluster {cluster} --task {others[0]}`"
        )
    return None


def _image(ecs: Any, task: Mapping[str, Any], container: str) -> str | None:
    declared = task_definitions.described(ecs, task["taskDefinitionArn"])
    return next((one["image"] for one in declared["containerDefinitions"] if one["name"] == container), None)


def _start(ecs: Any, cluster: str, name: str, facts: Mapping[str, Any], definition: str) -> str:
    answer = ecs.run_task(
        cluster=cluster,
        taskDefinition=definition,
        launchType="FARGATE",
        startedBy=STARTED_BY,
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": list(facts["subnetIds"]),
                "securityGroups": [facts["securityGroupId"]],
                "assignPublicIp": "DISABLED",
            }
        },
    )
    if not answer.get("tasks"):
        reasons = "; ".join(_failure(one) for one in answer.get("failures", [])) or "no reason given"
        raise DeployError(f"{name}: ECS started no task: {reasons}: nothing was deployed")
    return answer["tasks"][0]["taskArn"]


def _failure(failure: Mapping[str, Any]) -> str:
    return " ".join(str(failure[key]) for key in ("reason", "detail") if failure.get(key))


def _stopped(ecs: Any, cluster: str, name: str, arn: str) -> tuple[dict[str, Any] | None, str]:
    answer = ecs.describe_tasks(cluster=cluster, tasks=[arn])
    if not answer.get("tasks"):
        # A task that was just started is not visible everywhere at once.
        return None, f"{name}: not visible yet"
    (task,) = answer["tasks"]
    status = task["lastStatus"]
    return (task if status == "STOPPED" else None), f"{name}: {status}"


def _judge(name: str, container: str, task: Mapping[str, Any]) -> None:
    """Raise unless the task's own container ended with 0; other containers may be AWS's agents."""
    own = next((one for one in task.get("containers", []) if one["name"] == container), None)
    code = None if own is None else own.get("exitCode")
    if code == 0:
        say(f"{name}: ended with 0")
        return
    reasons = [str(one) for one in (task.get("stoppedReason"), own and own.get("reason")) if one]
    complain(f"{name}: " + ("; ".join(reasons) or "ECS gives no reason"))
    ended = "did not run" if code is None else f"ended with {code}"
    raise DeployError(f"{name} {ended}: nothing was deployed. Its log is in the log group of its service")
