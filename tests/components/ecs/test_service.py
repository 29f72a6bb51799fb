"""A service: private, rolled back when it fails, started only when it can work, and scaled within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from components.ecs.task_definition import NO_IMAGE
from settings import read_stack_file
from tests.components.ecs.contained import (
    IMAGE,
    INTERNAL,
    SERVICES,
    changed,
    contained,
    declare,
    facts_of,
    with_images,
    with_service,
)
from tests.harness import ACCOUNT, REGION, Deployment, Registered, deploy


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return contained("prod")


@pytest.fixture(scope="module")
def running() -> Deployment:
    return with_images()


def service(deployment: Deployment, name: str) -> Registered:
    return deployment.named(f"containers-{name}-service", "aws:ecs/service:Service")


def definition(deployment: Deployment, name: str) -> Registered:
    return deployment.named(f"containers-{name}-task", "TaskDefinition")


@pytest.mark.accepts("A22", "A38")
@pytest.mark.parametrize("name", SERVICES)
def test_it_runs_in_private_subnets_in_its_own_group_without_an_address(prod: Deployment, name: str) -> None:
    assert service(prod, name)["networkConfiguration"] == {
        "subnets": ["private-a", "private-b"],
        "securityGroups": [f"sg-{name}"],
        "assignPublicIp": False,
    }


@pytest.mark.accepts("A51")
@pytest.mark.parametrize("name", SERVICES)
def test_a_failed_deployment_rolls_back_and_never_takes_capacity_away(prod: Deployment, name: str) -> None:
    one = service(prod, name)
    assert one["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert (one["deploymentMinimumHealthyPercent"], one["deploymentMaximumPercent"]) == (100, 200)
    assert one["deploymentController"] == {"type": "ECS"}
    assert one["availabilityZoneRebalancing"] == "ENABLED"


@pytest.mark.accepts("A51")
@pytest.mark.parametrize("name", SERVICES)
def test_nobody_opens_a_shell_in_production(prod: Deployment, name: str) -> None:
    assert service(prod, name)["enableExecuteCommand"] is False


@pytest.mark.parametrize("name", SERVICES)
def test_it_runs_on_the_latest_fargate_and_its_tasks_carry_its_tags(prod: Deployment, name: str) -> None:
    one = service(prod, name)
    assert (one["launchType"], one["platformVersion"]) == ("FARGATE", "LATEST")
    assert (one["propagateTags"], one["enableEcsManagedTags"]) == ("SERVICE", True)
    assert definition(prod, name)["requiresCompatibilities"] == ["FARGATE"]
    assert definition(prod, name)["networkMode"] == "awsvpc"


def test_pulumi_does_not_wait_for_what_deployments_do(prod: Deployment) -> None:
    assert service(prod, "user")["waitForSteadyState"] is False


@pytest.mark.parametrize("name", SERVICES)
def test_without_an_image_it_stays_at_zero_unscaled_on_an_image_that_cannot_exist(
    prod: Deployment, name: str
) -> None:
    assert service(prod, name)["desiredCount"] == 0
    assert prod.all("aws:appautoscaling/target:Target") == []
    image = definition(prod, name).document("containerDefinitions")[0]["image"]
    assert image == f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/aiponge/{name}@sha256:{'0' * 64}"
    assert NO_IMAGE.removeprefix("sha256:").strip("0") == ""


@pytest.mark.accepts("A51")
@pytest.mark.parametrize("name", SERVICES)
def test_an_image_runs_by_digest_from_the_services_own_repository(running: Deployment, name: str) -> None:
    image = definition(running, name).document("containerDefinitions")[0]["image"]
    assert image == f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/aiponge/{name}@{IMAGE}"


@pytest.mark.parametrize("name", SERVICES)
def test_with_an_image_it_starts_at_its_minimum_and_scales_to_its_maximum(
    running: Deployment, name: str
) -> None:
    settings = read_stack_file("prod").services[name]
    target = running.named(f"containers-{name}-scaling", "Target")
    assert service(running, name)["desiredCount"] == settings.min_tasks
    assert (target["minCapacity"], target["maxCapacity"]) == (settings.min_tasks, settings.max_tasks)
    assert target["resourceId"] == f"service/aiponge-prod/aiponge-{name}"
    assert target["scalableDimension"] == "ecs:service:DesiredCount"


@pytest.mark.parametrize(
    ("label", "metric", "percent"),
    [("cpu", "ECSServiceAverageCPUUtilization", 60), ("memory", "ECSServiceAverageMemoryUtilization", 75)],
)
def test_it_follows_processor_and_memory(running: Deployment, label: str, metric: str, percent: int) -> None:
    policy = running.named(f"containers-user-scaling-{label}", "Policy")
    tracking = policy["targetTrackingScalingPolicyConfiguration"]
    assert policy["policyType"] == "TargetTrackingScaling"
    assert tracking["predefinedMetricSpecification"] == {"predefinedMetricType": metric}
    assert tracking["targetValue"] == percent
    assert tracking["scaleOutCooldown"] < tracking["scaleInCooldown"]


def test_deployments_own_its_definition_until_the_stack_file_names_an_image(
    prod: Deployment, running: Deployment
) -> None:
    assert set(service(prod, "user").ignore_changes) == {"desiredCount", "taskDefinition"}
    assert set(service(running, "user").ignore_changes) == {"desiredCount"}


@pytest.mark.parametrize(("name", "port"), INTERNAL.items())
def test_peers_find_it_by_its_short_name_on_its_own_port(prod: Deployment, name: str, port: int) -> None:
    connect = service(prod, name)["serviceConnectConfiguration"]
    assert connect["enabled"] is True
    assert connect["namespace"] == prod.named("containers-namespace").arn
    assert connect["services"] == [
        {
            "portName": "http",
            "discoveryName": name,
            "clientAlias": [{"dnsName": name, "port": port}],
            "timeout": {"perRequestTimeoutSeconds": 60},
        }
    ]
    (mapping,) = definition(prod, name).document("containerDefinitions")[0]["portMappings"]
    assert (mapping["name"], mapping["appProtocol"], mapping["containerPort"]) == ("http", "http", port)


def test_the_gateway_is_only_ever_a_client(prod: Deployment) -> None:
    connect = service(prod, "api-gateway")["serviceConnectConfiguration"]
    assert connect["enabled"] is True
    assert "services" not in connect


@pytest.mark.accepts("A40")
@pytest.mark.parametrize("name", SERVICES)
def test_the_proxy_beside_it_logs_to_the_same_group(prod: Deployment, name: str) -> None:
    log = service(prod, name)["serviceConnectConfiguration"]["logConfiguration"]
    assert log["options"]["awslogs-group"] == f"/aiponge/prod/{name}"
    assert log["options"]["awslogs-stream-prefix"] == "service-connect"


@pytest.mark.accepts("A24")
def test_the_load_balancer_finds_the_gateway_alone(prod: Deployment) -> None:
    assert service(prod, "api-gateway")["loadBalancers"] == [
        {
            "targetGroupArn": prod.named("edge-targets").arn,
            "containerName": "api-gateway",
            "containerPort": 443,
        }
    ]
    assert service(prod, "api-gateway")["healthCheckGracePeriodSeconds"] == 60
    assert not any("loadBalancers" in service(prod, name).inputs for name in INTERNAL)


@pytest.mark.accepts("A24")
def test_behind_a_sidecar_the_load_balancer_speaks_tls_to_it() -> None:
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/tls@{IMAGE}"
    settings = with_service(read_stack_file("prod"), "api-gateway", tls_sidecar_image=image)
    deployment = deploy(lambda: facts_of(declare(settings)))
    (target,) = service(deployment, "api-gateway")["loadBalancers"]
    assert (target["containerName"], target["containerPort"]) == ("tls", 443)
    group = deployment.named("edge-targets")
    assert (group["protocol"], group["healthCheck"]["protocol"]) == ("HTTPS", "HTTPS")


@pytest.mark.accepts("A40")
@pytest.mark.parametrize(("stack", "days"), [("prod", 365), ("staging", 30)])
@pytest.mark.parametrize("name", SERVICES)
def test_its_log_is_encrypted_and_kept(stack: str, days: int, name: str) -> None:
    deployment = contained(stack)
    group = deployment.named(f"containers-{name}-log", "LogGroup")
    assert group["name"] == f"/aiponge/{stack}/{name}"
    assert group["retentionInDays"] == days
    assert group["kmsKeyId"] == deployment.named("keys-logs", "Key").arn


def test_its_size_and_processor_are_the_stack_files() -> None:
    settings = changed(
        with_service(read_stack_file("prod"), "user", cpu=1024, memory_mib=2048), architecture="ARM64"
    )
    one = definition(deploy(lambda: facts_of(declare(settings))), "user")
    assert (one["cpu"], one["memory"]) == ("1024", "2048")
    assert one["runtimePlatform"] == {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"}


def test_an_older_definition_stays_for_a_roll_back(prod: Deployment) -> None:
    assert all(one["skipDestroy"] is True for one in prod.all("TaskDefinition"))


def needs(deployment: Deployment, name: str) -> set[Any]:
    names = {resource.urn: resource.name for resource in deployment.resources}
    return {names[urn] for urn in service(deployment, name).depends_on}


@pytest.mark.parametrize("name", SERVICES)
def test_no_task_starts_before_its_role_may_read_and_its_way_out_is_open(prod: Deployment, name: str) -> None:
    assert {f"containers-{name}-start", "way-out"} <= needs(prod, name)


def test_the_gateway_waits_for_its_listener_and_for_everybody_it_calls(prod: Deployment) -> None:
    waits = needs(prod, "api-gateway")
    assert "edge-https" in waits
    assert {f"containers-{name}-service" for name in INTERNAL} <= waits
    assert not {"edge-https"} & set().union(*(needs(prod, name) for name in INTERNAL))


def test_nothing_waits_for_a_whole_component(prod: Deployment) -> None:
    components = {one.urn for one in prod.resources if one.type.startswith("strongroom:")}
    assert not any(one.depends_on & components for one in prod.resources)
