"""ECS: tasks with start times, which can be compared with the time of a secret's version."""

from __future__ import annotations

import datetime
import itertools
import uuid
from dataclasses import dataclass, field
from typing import Any

from sandbox.moto.hooks import FORGET, Asked, Params, answers

SERVICES: dict[tuple[str, str, str], Running] = {}
"""Account, region and ARN of a service, with the tasks of the service."""
_one_off: dict[tuple[str, str], list[Params]] = {}
_ticks = itertools.count()
FORGET.extend((SERVICES.clear, _one_off.clear))


@dataclass
class Running:
    """The tasks of one service."""

    arn: str
    cluster_arn: str
    name: str
    kept: Params = field(default_factory=dict)
    connect: Params = field(default_factory=dict)
    definition: str = ""
    deployment: str = ""
    since: datetime.datetime | None = None
    tasks: list[Params] = field(default_factory=list)


def _moment() -> datetime.datetime:
    """A time later than any given before, even within the clock's resolution."""
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(microseconds=next(_ticks) % 1000)


def _task(cluster_arn: str, definition: str, group: str, params: Params) -> Params:
    cluster = cluster_arn.rpartition("/")[2]
    moment = _moment()
    return {
        "taskArn": f"{cluster_arn.rpartition(':')[0]}:task/{cluster}/{uuid.uuid4().hex}",
        "clusterArn": cluster_arn,
        "taskDefinitionArn": definition,
        "group": group,
        "launchType": params.get("launchType", "FARGATE"),
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "healthStatus": "HEALTHY",
        "connectivity": "CONNECTED",
        "createdAt": moment,
        "startedAt": moment,
        "startedBy": params.get("startedBy", ""),
        "containers": [],
    }


def scale(service: Running, desired: int, launch: Params) -> None:
    """Start or stop tasks until the desired number runs."""
    del service.tasks[desired:]
    while len(service.tasks) < desired:
        started = {**launch, "startedBy": service.deployment}
        service.tasks.append(
            _task(service.cluster_arn, service.definition, f"service:{service.name}", started)
        )


def deploy(service: Running, definition: str) -> None:
    """Start a deployment: stop the old tasks; the next scaling starts new ones."""
    service.definition = definition
    service.deployment = f"ecs-svc/{uuid.uuid4().int % 10**19}"
    service.since = _moment()
    service.tasks.clear()


def _here(asked: Asked) -> list[Params]:
    """Every running task of the requested cluster."""
    cluster = str(asked.params.get("cluster") or "default").rpartition("/")[2]
    services = [service for key, service in SERVICES.items() if key[:2] == asked.scope]
    found = [task for service in services for task in service.tasks] + _one_off.get(asked.scope, [])
    return [task for task in found if task["clusterArn"].rpartition("/")[2] == cluster]


@answers("ecs", "ListTasks")
def list_tasks(asked: Asked) -> Params:
    """The tasks by cluster, service and family."""
    found = _here(asked)
    if name := asked.params.get("serviceName"):
        found = [task for task in found if task["group"] == f"service:{name.rpartition('/')[2]}"]
    if family := asked.params.get("family"):
        found = [t for t in found if t["taskDefinitionArn"].rpartition("/")[2].partition(":")[0] == family]
    status = asked.params.get("desiredStatus", "RUNNING")
    return {"taskArns": [task["taskArn"] for task in found if task["desiredStatus"] == status]}


@answers("ecs", "DescribeTasks")
def describe_tasks(asked: Asked) -> Params:
    """The tasks with their start times."""
    wanted = [str(arn).rpartition("/")[2] for arn in asked.params.get("tasks") or []]
    known = {task["taskArn"].rpartition("/")[2]: task for task in _here(asked)}
    failures = [{"arn": name, "reason": "MISSING"} for name in wanted if name not in known]
    return {"tasks": [known[name] for name in wanted if name in known], "failures": failures}


@answers("ecs", "RunTask")
def run_task(asked: Asked) -> Params:
    """Start a one-off task that ends at once; nothing runs in it."""
    backend: Any = asked.backend
    cluster = backend._get_cluster(str(asked.params.get("cluster") or "default").rpartition("/")[2])
    definition = backend.describe_task_definition(asked.params["taskDefinition"])
    group = asked.params.get("group") or f"family:{definition.family}"
    made = [
        _task(cluster.arn, definition.arn, group, asked.params)
        for _ in range(int(asked.params.get("count") or 1))
    ]
    names = [container["name"] for container in definition.container_definitions]
    for task in made:
        task |= {
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "stoppedAt": _moment(),
            "stopCode": "EssentialContainerExited",
        }
        task["containers"] = [{"name": name, "exitCode": 0, "lastStatus": "STOPPED"} for name in names]
    _one_off.setdefault(asked.scope, []).extend(made)
    return {"tasks": made, "failures": []}


@answers("ecs", "StopTask")
def stoptask(asked: Asked) -> Params:
    """Stop a task; a service's task is replaced at once."""
    name = str(asked.params["task"]).rpartition("/")[2]
    for service in SERVICES.values():
        for index, task in enumerate(service.tasks):
            if task["taskArn"].rpartition("/")[2] == name:
                service.tasks[index] = _task(service.cluster_arn, service.definition, task["group"], task)
                return {"task": {**task, "lastStatus": "STOPPED", "desiredStatus": "STOPPED"}}
    return {"task": {}}
