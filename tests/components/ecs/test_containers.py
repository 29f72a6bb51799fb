"""Tests of Containers: one cluster, each service after those it calls, the gateway as target."""

from __future__ import annotations

import json
from typing import Any

import pytest

from settings import Settings, read_stack_file
from tests.components.alone import with_service
from tests.components.ecs.contained import (
    INTERNAL,
    SERVICES,
    TARGETS,
    TOOL,
    contained,
    contained_of,
    repository_url,
    with_platform,
)
from tests.components.stand_ins import key_arn
from tests.harness import Deployment, Registered


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return contained()


def service(deployment: Deployment, name: str) -> Registered:
    return deployment.named(f"containers-{name}-service", "aws:ecs/service:Service")


def test_the_cluster_measures_every_task(prod: Deployment) -> None:
    cluster = prod.only("aws:ecs/cluster:Cluster")
    assert cluster["name"] == "aiponge-prod"
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    assert cluster["serviceConnectDefaults"] == {"namespace": prod.named("containers-namespace").arn}


@pytest.mark.accepts("A40")
def test_the_clusters_own_log_is_there_before_it_encrypted_and_kept(prod: Deployment) -> None:
    group = prod.named("containers-insights", "LogGroup")
    assert group["name"] == "/aws/ecs/containerinsights/aiponge-prod/performance"
    assert (group["retentionInDays"], group["kmsKeyId"]) == (365, key_arn("logs"))
    assert group.urn in prod.only("aws:ecs/cluster:Cluster").depends_on


def test_services_that_call_each_other_are_all_there_once() -> None:
    settings = with_service(read_stack_file("prod"), "system", calls=("music",))
    settings = with_service(settings, "music", calls=("system",))
    deployment = contained_of(settings)
    assert len(deployment.all("aws:ecs/service:Service")) == len(SERVICES)


def test_a_one_off_task_has_roles_secrets_and_log_of_its_service_and_none_runs_it(prod: Deployment) -> None:
    one_off = prod.named("containers-system-migrate", "TaskDefinition")
    own = prod.named("containers-system-task", "TaskDefinition")
    assert one_off["family"] == "aiponge-migrate"
    assert one_off["taskRoleArn"] == own["taskRoleArn"]
    assert one_off["executionRoleArn"] == own["executionRoleArn"]
    (migrate,), (system,) = (one.document("containerDefinitions") for one in (one_off, own))
    assert migrate["command"] == ["npm", "run", "migrate"]
    assert migrate["secrets"] == system["secrets"]
    assert migrate["image"] == system["image"]
    assert one_off.arn not in {service["taskDefinition"] for service in prod.all("aws:ecs/service:Service")}


def test_it_hands_out_what_pipelines_and_monitoring_need(prod: Deployment) -> None:
    facts = prod.result["facts"]
    assert facts["clusterName"] == "aiponge-prod"
    assert facts["services"]["user"] == {
        "serviceName": "aiponge-user",
        "taskFamily": "aiponge-user",
        "baseTaskDefinitionArn": prod.named("containers-user-task", "TaskDefinition").arn,
        "containerName": "user",
        "containerPort": 3003,
        "repositoryUrl": repository_url("user"),
        "logGroup": "/aiponge/prod/user",
    }
    assert facts["oneOffTasks"]["migrate"] == {
        "taskDefinitionArn": prod.named("containers-system-migrate", "TaskDefinition").arn,
        "containerName": "migrate",
        "service": "system",
        "subnetIds": ["private-a", "private-b"],
        "securityGroupId": "sg-system",
    }
    assert prod.result["log_groups"] == {service: f"/aiponge/prod/{service}" for service in SERVICES}
    assert prod.result["service_names"] == {service: f"aiponge-{service}" for service in SERVICES}
    assert set(prod.result["role_arns"]) == {role.arn for role in prod.all("aws:iam/role:Role")}


def test_the_first_preview_knows_nothing_and_still_runs(prod: Deployment) -> None:
    previewed = contained_of(read_stack_file("prod"), preview=True)
    assert {one.urn for one in previewed.resources} == {one.urn for one in prod.resources}


@pytest.mark.accepts("A24")
def test_the_load_balancer_finds_the_gateway_alone(prod: Deployment) -> None:
    assert service(prod, "api-gateway")["loadBalancers"] == [
        {
            "targetGroupArn": TARGETS,
            "containerName": "api-gateway",
            "containerPort": 443,
        }
    ]
    assert service(prod, "api-gateway")["healthCheckGracePeriodSeconds"] == 60
    assert not any("loadBalancers" in service(prod, name).inputs for name in INTERNAL)


def needs(deployment: Deployment, name: str) -> set[Any]:
    names = {resource.urn: resource.name for resource in deployment.resources}
    return {names[urn] for urn in service(deployment, name).depends_on}


def test_the_gateway_waits_for_its_listener_and_for_everybody_it_calls(prod: Deployment) -> None:
    waits = needs(prod, "api-gateway")
    assert "listener" in waits
    assert {f"containers-{name}-service" for name in INTERNAL} <= waits
    assert not {"listener"} & set().union(*(needs(prod, name) for name in INTERNAL))


def test_a_tool_is_told_to_operators_beside_the_other_one_off_tasks(prod: Deployment) -> None:
    assert prod.result["facts"]["oneOffTasks"][TOOL] == {
        "taskDefinitionArn": prod.named(f"containers-{TOOL}-task", "TaskDefinition").arn,
        "subnetIds": ["private-a", "private-b"],
        "securityGroupId": f"sg-{TOOL}",
    }
    assert prod.result["tool_logs"] == {TOOL: f"/aiponge/prod/{TOOL}"}


def test_a_stack_without_tools_has_none() -> None:
    settings = with_platform(read_stack_file("prod"), tools={})
    settings = settings.model_copy(update={"secrets": _without_tools(settings)})
    deployment = contained_of(settings)
    assert TOOL not in json.dumps([one.inputs for one in deployment.resources], default=str)


def _without_tools(settings: Settings) -> dict[str, Any]:
    found = dict(settings.secrets)
    for key, secret in found.items():
        ring = secret.keyring.model_copy(update={"tools": ()}) if secret.keyring else None
        kept = tuple(one for one in secret.readers if one != TOOL)
        found[key] = secret.model_copy(update={"keyring": ring, "readers": kept})
    return found


def test_no_service_runs_a_tool(prod: Deployment) -> None:
    definition = prod.named(f"containers-{TOOL}-task", "TaskDefinition")
    assert definition.arn not in {one["taskDefinition"] for one in prod.all("aws:ecs/service:Service")}


def test_nothing_here_is_secret(prod: Deployment) -> None:
    assert [one.name for one in prod.resources if one.secrets] == []
