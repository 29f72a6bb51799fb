"""Changes by hand to repositories, the ECS cluster and functions."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from sandbox.moto.services.compute import ecs_tasks
from tests.ops.checks.verify.attachments.plants.plant import (
    STRANGER,
    Plant,
    all_of,
    allowing,
    answered,
    made,
    policy,
)
from tests.ops.live import Live, Undo

REPOSITORY, CLUSTER, SERVICE = (
    "aws:ecr/repository:Repository",
    "aws:ecs/cluster:Cluster",
    "aws:ecs/service:Service",
)
FUNCTION, NAMESPACE = "aws:lambda/function:Function", "aws:servicediscovery/httpNamespace:HttpNamespace"
NAME, ROTATE = "aiponge-staging", "aiponge-rotate"


REPLICATE = allowing("ecr:ReplicateImage", "arn:aws:ecr:*:*:repository/*")
PULL = {key: value for key, value in allowing("ecr:BatchGetImage").items() if key != "Resource"}
LETS_IN = f"its policy lets arn:aws:iam::{STRANGER}:role/x in"


def _registry(live: Live) -> Undo:
    client = live.client("ecr")
    client.put_registry_policy(policyText=policy(REPLICATE))
    return client.delete_registry_policy


def _replication(live: Live) -> Undo:
    client = live.client("ecr")
    rule = {"destinations": [{"region": "eu-central-1", "registryId": STRANGER}]}
    client.put_replication_configuration(replicationConfiguration={"rules": [rule]})
    return lambda: client.put_replication_configuration(replicationConfiguration={"rules": []})


def _task(live: Live) -> Undo:
    client = live.client("ecs")
    container = {"name": "x", "image": "x", "memory": 128}
    client.register_task_definition(family="by-hand", containerDefinitions=[container])
    client.run_task(cluster=NAME, taskDefinition="by-hand", launchType="FARGATE")
    return ecs_tasks._one_off.clear


def _instance(live: Live) -> Undo:
    instances = live.backend("ecs").container_instances.setdefault(NAME, {})
    arn = f"arn:aws:ecs:eu-west-1:{live.settings.account_id}:container-instance/{NAME}/by-hand"

    class Standing:
        """A container instance of ECS Anywhere; moto registers instances of EC2 only."""

        container_instance_arn = arn

    instances["by-hand"] = Standing()
    return lambda: instances.pop("by-hand")


def _provider(live: Live) -> Undo:
    client = live.client("ecs")
    before = client.describe_clusters(clusters=[NAME])["clusters"][0]
    kept: dict[str, Any] = {
        "cluster": NAME,
        "defaultCapacityProviderStrategy": before.get("defaultCapacityProviderStrategy", []),
    }
    known = before.get("capacityProviders", [])
    client.put_cluster_capacity_providers(capacityProviders=[*known, "by-hand"], **kept)
    return lambda: client.put_cluster_capacity_providers(capacityProviders=known, **kept)


def _service(live: Live, name: str = "aiponge-user") -> Any:
    services = live.backend("ecs").services
    return next(one for key, one in services.items() if key.endswith(f":{name}"))


def _task_set(live: Live) -> Undo:
    sets = _service(live).task_sets

    class Standing:
        """moto makes one only in a service with an external deployment controller."""

        id, status = "ecs-svc/by-hand", "ACTIVE"
        response_object = {"id": id, "status": status}

    sets.append(Standing())
    return sets.clear


def _load_balancer(live: Live) -> Undo:
    service = _service(live)
    before = service.load_balancers
    one = {"targetGroupArn": "arn:x", "containerName": "user", "containerPort": 3003}
    service.load_balancers = [*before, one]
    return lambda: setattr(service, "load_balancers", before)


SCALED = {"ServiceNamespace": "ecs", "ResourceId": f"service/{NAME}/aiponge-user"}


def _cloud_map(live: Live) -> Undo:
    client = live.client("servicediscovery")
    (space,) = (one for one in client.list_namespaces()["Namespaces"] if one["Name"] == NAME)
    service = client.create_service(Name="by-hand", NamespaceId=space["Id"])["Service"]["Id"]
    address = {"AWS_INSTANCE_IPV4": "10.0.0.9"}
    client.register_instance(ServiceId=service, InstanceId="by-hand", Attributes=address)

    def undo() -> None:
        client.deregister_instance(ServiceId=service, InstanceId="by-hand")
        client.delete_service(Id=service)

    return undo


def _queue(live: Live) -> str:
    client = live.sandbox.client("sqs")
    url = client.create_queue(QueueName="by-hand")["QueueUrl"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return found["Attributes"]["QueueArn"]


def _version(live: Live) -> Undo:
    client = live.client("lambda")
    version = client.publish_version(FunctionName=ROTATE)["Version"]
    return lambda: client.delete_function(FunctionName=ROTATE, Qualifier=version)


def _layer(live: Live) -> Undo:
    client = live.client("lambda")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("python/botocore.py", "")
    layer = client.publish_layer_version(LayerName="by-hand", Content={"ZipFile": code.getvalue()})
    client.update_function_configuration(FunctionName=ROTATE, Layers=[layer["LayerVersionArn"]])
    return lambda: client.update_function_configuration(FunctionName=ROTATE, Layers=[])


PLANTS = (
    Plant(
        REPOSITORY,
        "repository policy",
        made(
            "ecr",
            "set_repository_policy",
            "delete_repository_policy",
            "repositoryName",
            repositoryName="aiponge/user",
            policyText=policy(PULL),
        ),
        LETS_IN,
    ),
    Plant(REPOSITORY, "registry policy", _registry, LETS_IN),
    Plant(REPOSITORY, "replication", _replication, f"are replicated to {STRANGER} in eu-central-1"),
    Plant(CLUSTER, "task", _task, "of the undeclared family by-hand was started"),
    Plant(CLUSTER, "container instance", _instance, "has the undeclared container instance"),
    Plant(CLUSTER, "capacity provider", _provider, "has the undeclared capacity provider by-hand"),
    Plant(SERVICE, "task set", _task_set, "has the undeclared task set ecs-svc/by-hand"),
    Plant(SERVICE, "load balancer", _load_balancer, "is behind the undeclared target group arn:x"),
    Plant(
        SERVICE,
        "scheduled scaling",
        all_of(
            made(
                "application-autoscaling",
                "register_scalable_target",
                "deregister_scalable_target",
                "ServiceNamespace",
                "ResourceId",
                "ScalableDimension",
                **SCALED,
                ScalableDimension="ecs:service:DesiredCount",
                MinCapacity=1,
                MaxCapacity=2,
            ),
            made(
                "application-autoscaling",
                "put_scheduled_action",
                "delete_scheduled_action",
                "ServiceNamespace",
                "ResourceId",
                "ScalableDimension",
                "ScheduledActionName",
                **SCALED,
                ScalableDimension="ecs:service:DesiredCount",
                ScheduledActionName="by-hand",
                Schedule="rate(1 day)",
                ScalableTargetAction={"MinCapacity": 0, "MaxCapacity": 0},
            ),
        ),
        "has the undeclared scheduled scaling by-hand",
    ),
    Plant(NAMESPACE, "instance", _cloud_map, "by-hand is also answered by by-hand"),
    Plant(
        FUNCTION,
        "policy",
        made(
            "lambda",
            "add_permission",
            "remove_permission",
            "FunctionName",
            "StatementId",
            FunctionName=ROTATE,
            StatementId="by-hand",
            Action="lambda:InvokeFunction",
            Principal=STRANGER,
        ),
        "its policy lets",
    ),
    Plant(
        FUNCTION,
        "function URL",
        made(
            "lambda",
            "create_function_url_config",
            "delete_function_url_config",
            "FunctionName",
            FunctionName=ROTATE,
            AuthType="NONE",
        ),
        "has the function URL https://",
    ),
    Plant(
        FUNCTION,
        "event source mapping",
        answered(
            "lambda",
            "create_event_source_mapping",
            "delete_event_source_mapping",
            "UUID",
            FunctionName=ROTATE,
            EventSourceArn=_queue,
        ),
        "is invoked by the undeclared event source arn:aws:sqs",
    ),
    Plant(
        FUNCTION,
        "alias",
        made(
            "lambda",
            "create_alias",
            "delete_alias",
            "FunctionName",
            "Name",
            FunctionName=ROTATE,
            Name="by-hand",
            FunctionVersion="$LATEST",
        ),
        "has the undeclared alias by-hand",
    ),
    Plant(
        FUNCTION,
        "version",
        _version,
        "has the undeclared version 1",
    ),
    Plant(
        FUNCTION,
        "destination",
        made(
            "lambda",
            "put_function_event_invoke_config",
            "delete_function_event_invoke_config",
            "FunctionName",
            FunctionName=ROTATE,
            DestinationConfig={"OnSuccess": {"Destination": f"arn:aws:sqs:eu-west-1:{STRANGER}:x"}},
        ),
        f"its results are sent to arn:aws:sqs:eu-west-1:{STRANGER}:x",
    ),
    Plant(FUNCTION, "layer", _layer, "has the undeclared layer"),
)
