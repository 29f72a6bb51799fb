"""ECS services run tasks, and a new deployment newer ones, so that "newer than the secret" has a meaning."""

from __future__ import annotations

import datetime
import itertools
import uuid
from dataclasses import dataclass, field
from typing import Any

from sandbox.moto.hooks import FORGET, Asked, Params, answers, corrects

KEPT = (
    "deploymentConfiguration",
    "enableExecuteCommand",
    "enableECSManagedTags",
    "healthCheckGracePeriodSeconds",
    "propagateTags",
    "platformVersion",
    "networkConfiguration",
    "loadBalancers",
    "serviceRegistries",
    "availabilityZoneRebalancing",
)
_services: dict[tuple[str, str, str], Running] = {}
_loose: dict[tuple[str, str], list[Params]] = {}
_ticks = itertools.count()


@dataclass
class Running:
    """What one service runs."""

    arn: str
    cluster_arn: str
    name: str
    kept: Params = field(default_factory=dict)
    connect: Params = field(default_factory=dict)
    definition: str = ""
    deployment: str = ""
    since: datetime.datetime | None = None
    tasks: list[Params] = field(default_factory=list)


def _forget() -> None:
    _services.clear()
    _loose.clear()


FORGET.append(_forget)


def _moment() -> datetime.datetime:
    """Later than any moment given before, even within the clock's resolution."""
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


def _scale(service: Running, desired: int, launch: Params) -> None:
    del service.tasks[desired:]
    while len(service.tasks) < desired:
        started = {**launch, "startedBy": service.deployment}
        service.tasks.append(
            _task(service.cluster_arn, service.definition, f"service:{service.name}", started)
        )


def _deploy(service: Running, definition: str) -> None:
    """A new deployment: the old tasks are stopped, the next scaling starts new ones."""
    service.definition = definition
    service.deployment = f"ecs-svc/{uuid.uuid4().int % 10**19}"
    service.since = _moment()
    service.tasks.clear()


def _whole(answered: Params, service: Running) -> Params:
    running = len(service.tasks)
    deployment = {
        "id": service.deployment,
        "status": "PRIMARY",
        "taskDefinition": service.definition,
        "desiredCount": answered.get("desiredCount", 0),
        "runningCount": running,
        "pendingCount": 0,
        "failedTasks": 0,
        "createdAt": service.since,
        "updatedAt": service.since,
        "launchType": answered.get("launchType", "FARGATE"),
        "rolloutState": "COMPLETED",
        "rolloutStateReason": f"ECS deployment {service.deployment} completed.",
        **({"serviceConnectConfiguration": service.connect} if service.connect else {}),
    }
    counts = {"runningCount": running, "pendingCount": 0, "deployments": [deployment]}
    return {**answered, **service.kept, **counts, "taskDefinition": service.definition}


def _note(service: Running, params: Params) -> None:
    service.kept |= {key: params[key] for key in KEPT if params.get(key) is not None}
    service.connect = params.get("serviceConnectConfiguration") or service.connect


@corrects("ecs", "CreateService")
def create_service(asked: Asked, answer: Params) -> Params:
    """Starts as many tasks as are wanted."""
    made = answer["service"]
    service = Running(made["serviceArn"], made["clusterArn"], made["serviceName"])
    _services[*asked.scope, made["serviceArn"]] = service
    _note(service, asked.params)
    _deploy(service, made["taskDefinition"])
    _scale(service, int(made.get("desiredCount", 0)), asked.params)
    return {"service": _whole(made, service)}


@corrects("ecs", "UpdateService")
def update_service(asked: Asked, answer: Params) -> Params:
    """A new definition, a forced deployment or another network starts new tasks."""
    made = answer["service"]
    service = _services[*asked.scope, made["serviceArn"]]
    _note(service, asked.params)
    wanted = made["taskDefinition"]
    anew = asked.params.get("forceNewDeployment") or wanted != service.definition
    if anew or asked.params.get("networkConfiguration"):
        _deploy(service, wanted)
    _scale(service, int(made.get("desiredCount", 0)), made)
    return {"service": _whole(made, service)}


@corrects("ecs", "DescribeServices")
def describe_services(asked: Asked, answer: Params) -> Params:
    """With their deployment and running tasks."""
    found = []
    for item in answer.get("services", []):
        service = _services.get((*asked.scope, item["serviceArn"]))
        found.append(_whole(item, service) if service else item)
    return {**answer, "services": found}


@corrects("ecs", "DeleteService")
def delete_service(asked: Asked, answer: Params) -> Params:
    """Its tasks go with it."""
    _services.pop((*asked.scope, answer["service"]["serviceArn"]), None)
    return answer


def _here(asked: Asked) -> list[Params]:
    """Every running task of the cluster that is asked for."""
    cluster = str(asked.params.get("cluster") or "default").rpartition("/")[2]
    services = [service for key, service in _services.items() if key[:2] == asked.scope]
    found = [task for service in services for task in service.tasks] + _loose.get(asked.scope, [])
    return [task for task in found if task["clusterArn"].rpartition("/")[2] == cluster]


@answers("ecs", "ListTasks")
def list_tasks(asked: Asked) -> Params:
    """By cluster, service and family."""
    found = _here(asked)
    if name := asked.params.get("serviceName"):
        found = [task for task in found if task["group"] == f"service:{name.rpartition('/')[2]}"]
    if family := asked.params.get("family"):
        found = [t for t in found if t["taskDefinitionArn"].rpartition("/")[2].partition(":")[0] == family]
    status = asked.params.get("desiredStatus", "RUNNING")
    return {"taskArns": [task["taskArn"] for task in found if task["desiredStatus"] == status]}


@answers("ecs", "DescribeTasks")
def describe_tasks(asked: Asked) -> Params:
    """With their start times."""
    wanted = [str(arn).rpartition("/")[2] for arn in asked.params.get("tasks") or []]
    known = {task["taskArn"].rpartition("/")[2]: task for task in _here(asked)}
    failures = [{"arn": name, "reason": "MISSING"} for name in wanted if name not in known]
    return {"tasks": [known[name] for name in wanted if name in known], "failures": failures}


@answers("ecs", "RunTask")
def run_task(asked: Asked) -> Params:
    """A one-off task starts and is done at once; nothing runs in it."""
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
    _loose.setdefault(asked.scope, []).extend(made)
    return {"tasks": made, "failures": []}


@answers("ecs", "StopTask")
def stop_task(asked: Asked) -> Params:
    """A stopped task of a service is replaced at once."""
    name = str(asked.params["task"]).rpartition("/")[2]
    for service in _services.values():
        for index, task in enumerate(service.tasks):
            if task["taskArn"].rpartition("/")[2] == name:
                service.tasks[index] = _task(service.cluster_arn, service.definition, task["group"], task)
                return {"task": {**task, "lastStatus": "STOPPED", "desiredStatus": "STOPPED"}}
    return {"task": {}}


def install() -> None:
    """The decorators have registered everything."""
