"""Tests of services without a port, of sidecars, and of health checks in other images than Node.js's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from components.ecs.container_definitions import Task, containers, definition
from settings import read_stack_file
from settings.schema.tasks import HealthCheckSettings, ScalingSettings, SidecarSettings
from tests.components.alone import build
from tests.components.ecs.contained import IMAGE, one_service

REPOSITORY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/collector"
SIDECAR = SidecarSettings.model_construct(
    image=f"{REPOSITORY}@sha256:{'c' * 64}", environment={"MODE": "fast"}, essential=False
)
HTTP = HealthCheckSettings(kind="http")


def task(check: HealthCheckSettings, **fields: Any) -> Task:
    settings = read_stack_file("prod")
    service = settings.services["user"].model_copy(update=fields)
    return Task(name="user", service="user", settings=service, names=settings.names, health_check=check)


def main(task: Task) -> dict[str, Any]:
    return next(one for one in containers(task) if one["name"] == "user")


def test_an_http_check_needs_a_shell_with_curl_or_wget_only() -> None:
    (kind, command) = main(task(HTTP, live_path="/alive"))["healthCheck"]["command"]
    url = "http://127.0.0.1:3003/alive"
    assert kind == "CMD-SHELL"
    assert command == f"curl -fsS -o /dev/null {url} || wget -q -O /dev/null {url} || exit 1"


def test_a_path_cannot_end_the_shells_word() -> None:
    command = main(task(HTTP, live_path="/alive;id"))["healthCheck"]["command"][1]
    assert command.count("'http://127.0.0.1:3003/alive;id'") == 2


def test_a_command_runs_without_a_shell() -> None:
    check = HealthCheckSettings.model_construct(
        kind="command", command=("python", "-m", "app.health"), retries=5
    )
    found = main(task(check))["healthCheck"]
    assert found["command"] == ["CMD", "python", "-m", "app.health"]
    assert found["retries"] == 5


def test_without_a_check_ecs_sees_the_process_only() -> None:
    assert "healthCheck" not in main(task(HealthCheckSettings(kind="none")))


def test_a_worker_has_no_port_and_is_called_by_nobody() -> None:
    deployed = one_service(port=None, image=IMAGE)
    service = deployed.only("aws:ecs/service:Service")
    (container,) = deployed.only("aws:ecs/taskDefinition:TaskDefinition").document("containerDefinitions")
    assert container["portMappings"] == []
    assert "healthCheck" not in container
    assert "PORT" not in {one["name"] for one in container["environment"]}
    assert "services" not in service["serviceConnectConfiguration"]
    assert service["alarms"]["alarmNames"] == ["aiponge-AL8-tasks-missing-user"]


def test_scaling_follows_the_targets_of_the_stack_file() -> None:
    scaling = ScalingSettings.model_construct(cpu_percent=80, memory_percent=70)
    deployed = one_service(image=IMAGE, scaling=scaling)
    for metric, percent in (("cpu", 80), ("memory", 70)):
        policy = deployed.named(f"containers-user-scaling-{metric}", "Policy")
        assert policy["targetTrackingScalingPolicyConfiguration"]["targetValue"] == percent


def test_a_sidecar_is_as_hardened_as_the_process_and_gets_no_secret() -> None:
    here = task(HTTP, sidecars={"metrics": SIDECAR})
    text = build(lambda: definition(here, "app@sha256:1", {"TOKEN": "arn:secret"})).result
    metrics, user = json.loads(text)
    assert [one["name"] for one in (metrics, user)] == ["metrics", "user"]
    assert (metrics["image"], metrics["secrets"], metrics["essential"]) == (SIDECAR.image, [], False)
    assert user["secrets"] == [{"name": "TOKEN", "valueFrom": "arn:secret"}]
    assert metrics["environment"] == [{"name": "MODE", "value": "fast"}]
    assert (metrics["user"], metrics["readonlyRootFilesystem"]) == ("65534:65534", True)
    assert metrics["linuxParameters"]["capabilities"] == {"add": [], "drop": ["ALL"]}


@pytest.mark.parametrize(
    ("image", "granted"), [(SIDECAR.image, True), (f"public.ecr.aws/x/y@sha256:{'c' * 64}", False)]
)
def test_the_execution_role_pulls_a_sidecar_from_its_own_repository_only(image: str, granted: bool) -> None:
    sidecar = SIDECAR.model_copy(update={"image": image})
    policy = one_service(sidecars={"metrics": sidecar}).named("containers-user-start", "RolePolicy")
    (pull,) = (one for one in policy.document("policy")["Statement"] if "ecr:BatchGetImage" in one["Action"])
    repository = "arn:aws:ecr:eu-west-1:111122223333:repository/collector"
    assert (repository in pull["Resource"]) is granted


def test_the_platforms_variables_reach_every_service() -> None:
    here = replace(task(HTTP), environment={"REGION_NAME": "eu"})
    assert {"name": "REGION_NAME", "value": "eu"} in main(here)["environment"]
