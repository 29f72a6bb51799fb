"""ECS: services."""

from __future__ import annotations

from sandbox.provider import tagging
from sandbox.provider.calls import Context
from sandbox.provider.conversions import properties
from sandbox.provider.rows import Inputs, row

SERVICE_RENAMES = (
    "name:service deploymentCircuitBreaker:deploymentConfiguration.deploymentCircuitBreaker "
    "deploymentMaximumPercent:deploymentConfiguration.maximumPercent "
    "deploymentMinimumHealthyPercent:deploymentConfiguration.minimumHealthyPercent "
    "capacityProviderStrategies:capacityProviderStrategy enableEcsManagedTags:enableECSManagedTags "
    "alarms:deploymentConfiguration.alarms"
)
SERVICE_ONLY_HERE = (
    "waitForSteadyState",
    "triggers",
    "forceDelete",
    "sigintRollback",
    "launchType",
    "schedulingStrategy",
    "iamRole",
    "tags",
    "tagsAll",
    "region",
    "availabilityZoneRebalancing",
)


def ecs_service(context: Context, inputs: Inputs) -> Inputs:
    """The network configuration has one more level in the API."""
    body = dict(inputs)
    if network := body.pop("networkConfiguration", None):
        network = dict(network)
        public = "ENABLED" if network.pop("assignPublicIp", False) else "DISABLED"
        body["networkConfiguration"] = {"awsvpcConfiguration": {**network, "assignPublicIp": public}}
    return body


def read_service(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the service and the Service Connect configuration of its deployment."""
    asked = {"cluster": have["cluster"], "services": [have["name"]], "include": ["TAGS"]}
    found = next(iter(context.send("ecs.describe_services", asked)["services"]), {})
    if found.get("status", "INACTIVE") == "INACTIVE":
        return None
    same = (
        "taskDefinition desiredCount launchType platformVersion enableExecuteCommand "
        "healthCheckGracePeriodSeconds schedulingStrategy deploymentController availabilityZoneRebalancing"
    )
    rollout = found.get("deploymentConfiguration", {})
    network = dict(found.get("networkConfiguration", {}).get("awsvpcConfiguration", {}))
    if network:
        network["assignPublicIp"] = network.get("assignPublicIp") == "ENABLED"
    connect = found["deployments"][0].get("serviceConnectConfiguration") if found.get("deployments") else None
    return {
        "id": found["serviceArn"],
        "name": found["serviceName"],
        "cluster": have["cluster"],
        **{key: found.get(key) for key in same.split()},
        "loadBalancers": [properties(one) for one in found.get("loadBalancers", [])],
        "enableEcsManagedTags": found.get("enableECSManagedTags"),
        "propagateTags": None if found.get("propagateTags") == "NONE" else found.get("propagateTags"),
        "networkConfiguration": network,
        "serviceConnectConfiguration": _connect(connect or {}),
        "deploymentCircuitBreaker": rollout.get("deploymentCircuitBreaker"),
        "alarms": rollout.get("alarms"),
        "deploymentMaximumPercent": rollout.get("maximumPercent"),
        "deploymentMinimumHealthyPercent": rollout.get("minimumHealthyPercent"),
        "tagsAll": tagging.as_map(found.get("tags")),
    }


def _connect(found: Inputs) -> Inputs:
    """Terraform's block names: one alias list and one TLS block a service."""
    services = []
    for one in found.get("services", []):
        rest = {key: value for key, value in one.items() if key != "clientAliases"}
        services.append({**rest, "clientAlias": one.get("clientAliases")})
    return {**found, **({"services": services} if services else {})}


def service_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Call UpdateService with all its parameters; a new task definition replaces the tasks."""
    body = {key: value for key, value in ecs_service(context, new).items() if key not in SERVICE_ONLY_HERE}
    context.call("ecs.update_service", body, SERVICE_RENAMES)


row(
    "ecs/service:Service",
    "ecs.create_service",
    id="service.serviceArn",
    read="describe_services(cluster={cluster},services=[{name}]).services[0]",
    out="arn:serviceArn",
    name="name",
    rename=(
        "name:serviceName networkConfiguration.assignPublicIp:- "
        "deploymentCircuitBreaker:deploymentConfiguration.deploymentCircuitBreaker "
        "deploymentMaximumPercent:deploymentConfiguration.maximumPercent "
        "deploymentMinimumHealthyPercent:deploymentConfiguration.minimumHealthyPercent "
        "capacityProviderStrategies:capacityProviderStrategy "
        "enableEcsManagedTags:enableECSManagedTags iamRole:role alarms:deploymentConfiguration.alarms"
    ),
    skip="waitForSteadyState forceNewDeployment triggers forceDelete sigintRollback",
    pre=ecs_service,
    delete="delete_service(cluster={cluster},service={name},force=true)",
    reader=read_service,
    import_id="{cluster}/{name}",
    defaults={
        "deploymentMaximumPercent": 200,
        "deploymentMinimumHealthyPercent": 100,
        "enableEcsManagedTags": False,
        "enableExecuteCommand": False,
        "schedulingStrategy": "REPLICA",
        "waitForSteadyState": False,
    },
    computed="availabilityZoneRebalancing deploymentController launchType platformVersion",
    replace="name cluster launchType schedulingStrategy deploymentController",
    change=service_change,
    changes="*",
    keeps="the deployment settings and running tasks of a service",
)
