"""ECS: clusters, task definitions, services."""

from __future__ import annotations

import json

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row

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


def task_definition(context: Context, inputs: Inputs) -> Inputs:
    """Container definitions are JSON text in Pulumi."""
    return {**inputs, "containerDefinitions": json.loads(inputs["containerDefinitions"])}


def ecs_service(context: Context, inputs: Inputs) -> Inputs:
    """The network configuration has one more level in the API."""
    body = dict(inputs)
    if network := body.pop("networkConfiguration", None):
        network = dict(network)
        public = "ENABLED" if network.pop("assignPublicIp", False) else "DISABLED"
        body["networkConfiguration"] = {"awsvpcConfiguration": {**network, "assignPublicIp": public}}
    return body


def service_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Call UpdateService with all its parameters; a new task definition replaces the tasks."""
    body = {key: value for key, value in ecs_service(context, new).items() if key not in SERVICE_ONLY_HERE}
    context.call("ecs.update_service", body, SERVICE_RENAMES)


row(
    "ecs/cluster:Cluster",
    "ecs.create_cluster",
    id="cluster.clusterArn",
    read="describe_clusters(clusters=[{id}]).clusters[0]",
    out="arn:clusterArn",
    name="name",
    rename="name:clusterName",
    delete="delete_cluster(cluster={id})",
    replace="name",
    update=(Call("update_cluster", "cluster={id}", "settings configuration serviceConnectDefaults"),),
)
row(
    "ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "ecs.put_cluster_capacity_providers",
    id="{clusterName}",
    read="describe_clusters(clusters=[{clusterName}]).clusters[0]",
    rename="clusterName:cluster defaultCapacityProviderStrategies:defaultCapacityProviderStrategy",
    const={"capacityProviders": [], "defaultCapacityProviderStrategy": []},
    put=True,
    replace="clusterName",
)
row(
    "ecs/taskDefinition:TaskDefinition",
    "ecs.register_task_definition",
    id="{family}",
    read="describe_task_definition(taskDefinition={family}).taskDefinition",
    out=(
        "arn:taskDefinitionArn revision:revision "
        "arnWithoutRevision=arn:{p}:ecs:{r}:{a}:task-definition/{family}"
    ),
    skip="skipDestroy trackLatest",
    pre=task_definition,
    delete="deregister_task_definition(taskDefinition={arn})",
    replace="*",
)
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
        "enableEcsManagedTags:enableECSManagedTags iamRole:role"
    ),
    skip="waitForSteadyState forceNewDeployment triggers forceDelete sigintRollback",
    pre=ecs_service,
    delete="delete_service(cluster={cluster},service={name},force=true)",
    replace="name cluster launchType schedulingStrategy deploymentController",
    change=service_change,
    changes="*",
    keeps="the deployment settings and running tasks of a service",
)
