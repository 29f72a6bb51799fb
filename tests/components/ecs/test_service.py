"""Tests of Service: private, rolled back on failure, started after its dependencies, scaled within limits."""

from __future__ import annotations

from functools import cache

import pytest

from settings import read_stack_file
from settings.schema.tasks import NO_IMAGE
from tests.components.ecs.contained import (
    IMAGE,
    NAMESPACE_ARN,
    TARGETS,
    one_service,
    platform_of,
    repository_url,
)
from tests.components.stand_ins import key_arn
from tests.harness import ACCOUNT, REGION, Deployment, Registered

GATEWAY_AND_ANOTHER = pytest.mark.parametrize("name", ["api-gateway", "user"])


@cache
def waiting(name: str = "user") -> Deployment:
    """A service without an image."""
    return one_service(name)


@cache
def running(name: str = "user") -> Deployment:
    """A service once its image is named."""
    return one_service(name, image=IMAGE)


def service(deployment: Deployment) -> Registered:
    return deployment.only("aws:ecs/service:Service")


def definition(deployment: Deployment) -> Registered:
    return deployment.only("TaskDefinition")


@pytest.mark.accepts("A22", "A38")
@GATEWAY_AND_ANOTHER
def test_it_runs_in_private_subnets_in_its_own_group_without_an_address(name: str) -> None:
    assert service(waiting(name))["networkConfiguration"] == {
        "subnets": ["private-a", "private-b"],
        "securityGroups": [f"sg-{name}"],
        "assignPublicIp": False,
    }


@pytest.mark.accepts("A51")
@GATEWAY_AND_ANOTHER
def test_a_failed_deployment_rolls_back_and_never_takes_capacity_away(name: str) -> None:
    one = service(waiting(name))
    assert one["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert (one["deploymentMinimumHealthyPercent"], one["deploymentMaximumPercent"]) == (100, 200)
    assert one["deploymentController"] == {"type": "ECS"}
    assert one["availabilityZoneRebalancing"] == "ENABLED"


@pytest.mark.accepts("A51")
def test_a_deployment_of_the_gateway_rolls_back_when_users_get_slow_or_failed_responses() -> None:
    assert service(waiting("api-gateway"))["alarms"] == {
        "enable": True,
        "rollback": True,
        "alarmNames": [
            "aiponge-AL13-slow-answers",
            "aiponge-AL14-load-balancer-errors",
            "aiponge-AL15-error-ratio",
        ],
    }


@pytest.mark.accepts("A51")
def test_a_deployment_of_another_service_rolls_back_when_its_callers_do() -> None:
    assert service(waiting("user"))["alarms"] == {
        "enable": True,
        "rollback": True,
        "alarmNames": [
            "aiponge-AL10-slow-calls-api-gateway-to-user",
            "aiponge-AL11-failed-calls-api-gateway-to-user",
        ],
    }


@pytest.mark.accepts("A51")
@GATEWAY_AND_ANOTHER
def test_nobody_opens_a_shell_where_the_cluster_has_no_way_in(name: str) -> None:
    assert service(waiting(name))["enableExecuteCommand"] is False


@GATEWAY_AND_ANOTHER
def test_it_runs_on_the_latest_fargate_and_its_tasks_carry_its_tags(name: str) -> None:
    one, task = service(waiting(name)), definition(waiting(name))
    assert (one["launchType"], one["platformVersion"]) == ("FARGATE", "LATEST")
    assert (one["propagateTags"], one["enableEcsManagedTags"]) == ("SERVICE", True)
    assert task["requiresCompatibilities"] == ["FARGATE"]
    assert task["networkMode"] == "awsvpc"


def test_pulumi_does_not_wait_for_what_deployments_do() -> None:
    assert service(waiting())["waitForSteadyState"] is False


@GATEWAY_AND_ANOTHER
def test_without_an_image_it_stays_at_zero_unscaled_on_an_image_that_cannot_exist(name: str) -> None:
    assert service(waiting(name))["desiredCount"] == 0
    assert waiting(name).all("aws:appautoscaling/target:Target") == []
    image = definition(waiting(name)).document("containerDefinitions")[0]["image"]
    assert image == f"{repository_url(name)}@sha256:{'0' * 64}"
    assert NO_IMAGE.removeprefix("sha256:").strip("0") == ""


@pytest.mark.accepts("A51")
@GATEWAY_AND_ANOTHER
def test_an_image_runs_by_digest_from_the_services_own_repository(name: str) -> None:
    image = definition(running(name)).document("containerDefinitions")[0]["image"]
    assert image == f"{repository_url(name)}@{IMAGE}"


def test_deployments_own_its_definition_until_the_stack_file_names_an_image() -> None:
    assert set(service(waiting()).ignore_changes) == {"desiredCount", "taskDefinition"}
    assert set(service(running()).ignore_changes) == {"desiredCount"}


def test_peers_find_it_by_its_short_name_on_its_own_port() -> None:
    connect = service(waiting())["serviceConnectConfiguration"]
    assert connect["enabled"] is True
    assert connect["namespace"] == NAMESPACE_ARN
    assert connect["services"] == [
        {
            "portName": "http",
            "discoveryName": "user",
            "clientAlias": [{"dnsName": "user", "port": 3003}],
            "timeout": {"perRequestTimeoutSeconds": 60},
        }
    ]
    (mapping,) = definition(waiting()).document("containerDefinitions")[0]["portMappings"]
    assert (mapping["name"], mapping["appProtocol"], mapping["containerPort"]) == ("http", "http", 3003)


def test_the_gateway_is_only_ever_a_client() -> None:
    connect = service(waiting("api-gateway"))["serviceConnectConfiguration"]
    assert connect["enabled"] is True
    assert "services" not in connect


@pytest.mark.accepts("A40")
@GATEWAY_AND_ANOTHER
def test_the_proxy_beside_it_logs_to_the_same_group(name: str) -> None:
    log = service(waiting(name))["serviceConnectConfiguration"]["logConfiguration"]
    assert log["options"]["awslogs-group"] == f"/aiponge/prod/{name}"
    assert log["options"]["awslogs-stream-prefix"] == "service-connect"


@pytest.mark.accepts("A24")
def test_the_load_balancer_finds_it_where_a_target_group_is_given_and_nowhere_else() -> None:
    gateway = service(waiting("api-gateway"))
    assert gateway["loadBalancers"] == [
        {"targetGroupArn": TARGETS, "containerName": "api-gateway", "containerPort": 443}
    ]
    assert gateway["healthCheckGracePeriodSeconds"] == 60
    assert "loadBalancers" not in service(waiting("user")).inputs


@pytest.mark.accepts("A24")
def test_behind_a_sidecar_the_load_balancer_speaks_to_the_sidecar() -> None:
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/tls@{IMAGE}"
    (target,) = service(one_service("api-gateway", tls_sidecar_image=image))["loadBalancers"]
    assert (target["containerName"], target["containerPort"]) == ("tls", 443)


@pytest.mark.accepts("A40")
@pytest.mark.parametrize("days", [365, 30])
def test_its_log_is_encrypted_and_kept(days: int) -> None:
    group = one_service(cluster={"log_days": days}).only("LogGroup")
    assert group["name"] == "/aiponge/prod/user"
    assert group["retentionInDays"] == days
    assert group["kmsKeyId"] == key_arn("logs")


def test_its_size_and_processor_are_the_stack_files() -> None:
    platform = platform_of(read_stack_file("prod"))
    user = platform.services["user"].model_copy(update={"cpu": 1024, "memory_mib": 2048})
    arm = platform.model_copy(
        update={"architecture": "ARM64", "services": {**platform.services, "user": user}}
    )
    one = definition(one_service(cluster={"platform": arm}))
    assert (one["cpu"], one["memory"]) == ("1024", "2048")
    assert one["runtimePlatform"] == {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"}


def test_an_older_definition_stays_for_a_roll_back() -> None:
    assert definition(waiting())["skipDestroy"] is True


@GATEWAY_AND_ANOTHER
def test_no_task_starts_before_its_role_may_read_and_its_way_out_is_open(name: str) -> None:
    waits = {urn.rsplit("::", 1)[1] for urn in service(waiting(name)).depends_on}
    assert {f"containers-{name}-start", "way-out"} <= waits
