"""ECS: services run their desired number of tasks, and a new deployment starts new ones."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.services.compute import servicediscovery
from sandbox.moto.services.compute.ecs_tasks import SERVICES, Running, deploy, scale

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


def _note(service: Running, asked: Asked) -> None:
    params = asked.params
    service.kept |= {key: params[key] for key in KEPT if params.get(key) is not None}
    service.connect = params.get("serviceConnectConfiguration") or service.connect
    if service.connect:
        servicediscovery.add_service_connect(*asked.scope, service.connect)


@corrects("ecs", "CreateService")
def create_service(asked: Asked, answer: Params) -> Params:
    """Create the service and start its desired tasks."""
    made = answer["service"]
    service = Running(made["serviceArn"], made["clusterArn"], made["serviceName"])
    SERVICES[*asked.scope, made["serviceArn"]] = service
    _note(service, asked)
    deploy(service, made["taskDefinition"])
    scale(service, int(made.get("desiredCount", 0)), asked.params)
    return {"service": _whole(made, service)}


@corrects("ecs", "UpdateService")
def update_service(asked: Asked, answer: Params) -> Params:
    """Start new tasks for a new definition, a forced deployment or another network."""
    made = answer["service"]
    service = SERVICES[*asked.scope, made["serviceArn"]]
    _note(service, asked)
    wanted = made["taskDefinition"]
    redeployed = asked.params.get("forceNewDeployment") or wanted != service.definition
    if redeployed or asked.params.get("networkConfiguration"):
        deploy(service, wanted)
    scale(service, int(made.get("desiredCount", 0)), made)
    return {"service": _whole(made, service)}


@corrects("ecs", "DescribeServices")
def describe_services(asked: Asked, answer: Params) -> Params:
    """Add deployment and running tasks."""
    found = []
    for item in answer.get("services", []):
        service = SERVICES.get((*asked.scope, item["serviceArn"]))
        found.append(_whole(item, service) if service else item)
    return {**answer, "services": found}


@corrects("ecs", "ListClusters")
def list_clusters(asked: Asked, answer: Params) -> Params:
    """Leave out deleted clusters, which AWS still describes but does not list."""
    active = {cluster.arn for cluster in asked.backend.clusters.values() if cluster.status != "INACTIVE"}
    return {**answer, "clusterArns": [arn for arn in answer.get("clusterArns", []) if arn in active]}


@corrects("ecs", "DeleteService")
def delete_service(asked: Asked, answer: Params) -> Params:
    """Delete the service with its tasks."""
    SERVICES.pop((*asked.scope, answer["service"]["serviceArn"]), None)
    return answer
