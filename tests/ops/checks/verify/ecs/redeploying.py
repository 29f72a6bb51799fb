"""Changes the running service and the tool of the tests, as a deployment or a person might."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tests.ops.live import Live, Make, Undo

CLUSTER, USER = "aiponge-staging", "aiponge-user"
TOOL = "aiponge-reencrypt"
KEPT = ("networkMode", "cpu", "memory", "executionRoleArn", "taskRoleArn", "requiresCompatibilities")


def service(live: Live, name: str = USER) -> dict[str, Any]:
    return live.client("ecs").describe_services(cluster=CLUSTER, services=[name])["services"][0]


def redeployed(change: Callable[[dict[str, Any]], Any], **whole: str) -> Make:
    """The service with a task definition whose container, or the definition itself, is changed."""

    def make(live: Live) -> Undo:
        ecs, before = live.client("ecs"), service(live)["taskDefinition"]
        definition = ecs.describe_task_definition(taskDefinition=before)["taskDefinition"]
        containers = copy.deepcopy(definition["containerDefinitions"])
        change(containers[0])
        kept = {key: definition[key] for key in KEPT if key in definition} | whole
        made = ecs.register_task_definition(family=USER, containerDefinitions=containers, **kept)
        arn = made["taskDefinition"]["taskDefinitionArn"]
        ecs.update_service(cluster=CLUSTER, service=USER, taskDefinition=arn)
        return lambda: ecs.update_service(cluster=CLUSTER, service=USER, taskDefinition=before)

    return make


def tool(ecs: Any) -> dict[str, Any]:
    (arn,) = ecs.list_task_definitions(familyPrefix=TOOL, status="ACTIVE")["taskDefinitionArns"]
    return ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
