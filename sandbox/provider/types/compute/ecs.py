"""ECS: clusters and task definitions."""

from __future__ import annotations

import json

from sandbox.provider import tagging
from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row


def task_definition(context: Context, inputs: Inputs) -> Inputs:
    """Container definitions are JSON text in Pulumi."""
    return {**inputs, "containerDefinitions": json.loads(inputs["containerDefinitions"])}


def read_cluster(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the cluster; a deleted one is inactive for a while."""
    asked = {"clusters": [id_], "include": ["SETTINGS", "CONFIGURATIONS", "TAGS"]}
    found = next(iter(context.send("ecs.describe_clusters", asked)["clusters"]), {})
    if found.get("status", "INACTIVE") == "INACTIVE":
        return None
    return {
        "id": found["clusterArn"],
        "name": found["clusterName"],
        "settings": found.get("settings"),
        "configuration": found.get("configuration"),
        "serviceConnectDefaults": found.get("serviceConnectDefaults"),
        "tagsAll": tagging.as_map(found.get("tags")),
    }


def read_task_definition(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read this revision; one that was deregistered does not exist any more."""
    asked = {"taskDefinition": have["arn"], "include": ["TAGS"]}
    answer = context.send("ecs.describe_task_definition", asked)
    found = answer["taskDefinition"]
    if found["status"] == "INACTIVE":
        return None
    same = (
        "family cpu memory networkMode requiresCompatibilities executionRoleArn taskRoleArn runtimePlatform "
        "ephemeralStorage"
    )
    return {
        "id": found["family"],
        **{key: found.get(key) for key in same.split()},
        "containerDefinitions": json.dumps(_as_given(found["containerDefinitions"], have)),
        "tagsAll": tagging.as_map(answer.get("tags")),
    }


def _as_given(found: list[Inputs], have: Inputs) -> list[Inputs]:
    """Containers without what ECS fills in where the program leaves it out."""
    given = {one["name"]: one for one in json.loads(have.get("containerDefinitions") or "[]")}
    return [_without_filling(one, given.get(one["name"], one)) for one in found]


def _without_filling(found: Inputs, given: Inputs) -> Inputs:
    out = {key: value for key, value in found.items() if key != "essential" or key in given or not value}
    wanted = given.get("portMappings") or []
    ports = []
    for n, port in enumerate(found.get("portMappings") or []):
        filled = {"protocol": "tcp", "hostPort": port["containerPort"]}
        asked = wanted[n] if n < len(wanted) else port
        ports.append({key: v for key, v in port.items() if key in asked or filled.get(key) != v})
    return {**out, "portMappings": ports}


def drop_capacity_providers(context: Context, id_: str, have: Inputs) -> None:
    """Take every capacity provider from the cluster."""
    nothing: Inputs = {"capacityProviders": [], "defaultCapacityProviderStrategy": []}
    context.send("ecs.put_cluster_capacity_providers", {"cluster": id_, **nothing})


def deregister_task_definition(context: Context, id_: str, have: Inputs) -> None:
    """Deregister the revision, unless the stack says to keep it for what still runs it."""
    if not have.get("skipDestroy"):
        context.send("ecs.deregister_task_definition", {"taskDefinition": have["arn"]})


row(
    "ecs/cluster:Cluster",
    "ecs.create_cluster",
    id="cluster.clusterArn",
    read="describe_clusters(clusters=[{id}]).clusters[0]",
    out="arn:clusterArn",
    name="name",
    rename="name:clusterName",
    delete="delete_cluster(cluster={id})",
    reader=read_cluster,
    import_id="{name}",
    computed="settings",
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
    delete=drop_capacity_providers,
    replace="clusterName",
)
row(
    "ecs/taskDefinition:TaskDefinition",
    "ecs.register_task_definition",
    id="{family}",
    read="describe_task_definition(taskDefinition={arn}).taskDefinition",
    out=(
        "arn:taskDefinitionArn revision:revision "
        "arnWithoutRevision=arn:{p}:ecs:{r}:{a}:task-definition/{family}"
    ),
    skip="skipDestroy trackLatest",
    pre=task_definition,
    delete=deregister_task_definition,
    reader=read_task_definition,
    import_id="{arn}",
    defaults={"skipDestroy": False, "trackLatest": False},
    computed="networkMode ephemeralStorage",
    replace="*",
)
