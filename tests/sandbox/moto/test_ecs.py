"""Tests of ECS services: tasks with start times, by deployment."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest


@pytest.fixture
def ecs(session: boto3.Session) -> Any:
    client = session.client("ecs")
    client.create_cluster(clusterName="c")
    register(client)
    client.create_service(
        cluster="c",
        serviceName="api",
        taskDefinition="t",
        desiredCount=2,
        enableExecuteCommand=False,
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )
    return client


def register(client: Any) -> str:
    made = client.register_task_definition(
        family="t", containerDefinitions=[{"name": "a", "image": "i", "memory": 64}]
    )
    return made["taskDefinition"]["taskDefinitionArn"]


def tasks(client: Any) -> list[dict[str, Any]]:
    arns = client.list_tasks(cluster="c", serviceName="api")["taskArns"]
    return client.describe_tasks(cluster="c", tasks=arns)["tasks"] if arns else []


def service(client: Any) -> dict[str, Any]:
    return client.describe_services(cluster="c", services=["api"])["services"][0]


def test_a_service_runs_as_many_tasks_as_it_wants(ecs: Any) -> None:
    assert [task["lastStatus"] for task in tasks(ecs)] == ["RUNNING", "RUNNING"]
    assert {task["group"] for task in tasks(ecs)} == {"service:api"}
    assert service(ecs)["runningCount"] == 2


def test_a_forced_deployment_starts_newer_tasks(ecs: Any) -> None:
    before = tasks(ecs)
    ecs.update_service(cluster="c", service="api", forceNewDeployment=True)
    after = tasks(ecs)
    assert {t["taskArn"] for t in before}.isdisjoint({t["taskArn"] for t in after})
    assert min(t["startedAt"] for t in after) > max(t["startedAt"] for t in before)


def test_a_new_task_definition_is_the_primary_deployment(ecs: Any) -> None:
    arn = register(ecs)
    ecs.update_service(cluster="c", service="api", taskDefinition=arn)
    (deployment,) = service(ecs)["deployments"]
    assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "COMPLETED")
    assert deployment["taskDefinition"] == arn
    assert {task["taskDefinitionArn"] for task in tasks(ecs)} == {arn}


def test_scaling_keeps_the_tasks_that_run(ecs: Any) -> None:
    before = {task["taskArn"] for task in tasks(ecs)}
    ecs.update_service(cluster="c", service="api", desiredCount=3)
    assert before < {task["taskArn"] for task in tasks(ecs)}
    ecs.update_service(cluster="c", service="api", desiredCount=0)
    assert tasks(ecs) == []
    assert service(ecs)["runningCount"] == 0


def test_what_a_service_was_given_is_read_back(ecs: Any) -> None:
    found = service(ecs)
    breaker = found["deploymentConfiguration"]["deploymentCircuitBreaker"]
    assert breaker == {"enable": True, "rollback": True}
    assert found["enableExecuteCommand"] is False


def test_a_one_off_task_ends_well(ecs: Any) -> None:
    (task,) = ecs.run_task(cluster="c", taskDefinition="t")["tasks"]
    (seen,) = ecs.describe_tasks(cluster="c", tasks=[task["taskArn"]])["tasks"]
    assert (seen["lastStatus"], seen["containers"][0]["exitCode"]) == ("STOPPED", 0)
    assert json.dumps(tasks(ecs), default=str).count("service:api") == 2
