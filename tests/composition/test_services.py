"""Checks production's services: network, load balancer and secrets."""

from __future__ import annotations

import json

import pytest

from tests.aiponge import SERVICE_PORTS
from tests.harness import ACCOUNT, REGION, Deployment, Registered
from tests.program import shipped

INTERNAL = SERVICE_PORTS
SERVICES = ("api-gateway", *INTERNAL)
TOOL = "reencrypt"
AGENT = f"arn:aws:ecr:{REGION}:*:repository/aws-guardduty-agent-fargate"


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return shipped("prod")


def service(deployment: Deployment, name: str) -> Registered:
    return deployment.named(f"containers-{name}-service", "aws:ecs/service:Service")


def definition(deployment: Deployment, name: str) -> Registered:
    return deployment.named(f"containers-{name}-task", "TaskDefinition")


@pytest.mark.accepts("A22", "A38")
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_in_private_subnets_in_its_own_group_without_an_address(
    prod: Deployment, name: str
) -> None:
    private = {subnet.id for subnet in prod.all("Subnet") if subnet["tags"]["Tier"] == "private"}
    network = service(prod, name)["networkConfiguration"]
    assert set(network["subnets"]) == private
    assert network["securityGroups"] == [prod.named(f"connections-{name}", "SecurityGroup").id]
    assert network["assignPublicIp"] is False


@pytest.mark.accepts("A51")
@pytest.mark.parametrize("name", SERVICES)
def test_nobody_opens_a_shell_in_production(prod: Deployment, name: str) -> None:
    assert service(prod, name)["enableExecuteCommand"] is False


@pytest.mark.parametrize(("name", "port"), INTERNAL.items())
def test_peers_find_a_service_by_its_short_name_on_its_own_port(
    prod: Deployment, name: str, port: int
) -> None:
    (served,) = service(prod, name)["serviceConnectConfiguration"]["services"]
    assert served["discoveryName"] == name
    assert served["clientAlias"] == [{"dnsName": name, "port": port}]


@pytest.mark.accepts("A24")
def test_the_load_balancer_forwards_to_the_gateway_alone(prod: Deployment) -> None:
    (target,) = service(prod, "api-gateway")["loadBalancers"]
    assert target["targetGroupArn"] == prod.named("edge-targets").arn
    assert not any("loadBalancers" in service(prod, name).inputs for name in INTERNAL)
    assert prod.named("edge-https").urn in service(prod, "api-gateway").depends_on


@pytest.mark.accepts("A40")
@pytest.mark.parametrize(("stack", "days"), [("prod", 365), ("staging", 30)])
@pytest.mark.parametrize("name", [*SERVICES, TOOL])
def test_a_log_is_encrypted_and_kept(stack: str, days: int, name: str) -> None:
    group = shipped(stack).named(f"containers-{name}-log", "LogGroup")
    assert group["name"] == f"/aiponge/{stack}/{name}"
    assert group["retentionInDays"] == days
    assert group["kmsKeyId"] == shipped(stack).named("keys-logs", "Key").arn


def test_no_task_starts_before_its_way_out_is_open_and_its_secrets_have_values(prod: Deployment) -> None:
    ways_out = [*prod.all("VpcEndpoint"), *(one for one in prod.all("Route") if "-private-" in one.name)]
    needed = {one.urn for one in (*ways_out, *prod.all("SecretVersion"))}
    assert len(needed) > len(prod.all("SecretVersion"))
    assert [name for name in SERVICES if not needed <= service(prod, name).depends_on] == []


@pytest.mark.parametrize("name", [*SERVICES, TOOL])
def test_a_task_runs_the_image_of_its_own_repository(prod: Deployment, name: str) -> None:
    repository = prod.named(f"registry-{name}", "Repository")
    assert repository["name"] == f"aiponge/{name}"
    (main,) = definition(prod, name).document("containerDefinitions")
    url = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{repository['name']}"
    assert main["image"].startswith(f"{url}@sha256:")


@pytest.mark.accepts("A4", "A12", "A13")
@pytest.mark.parametrize("name", [*SERVICES, TOOL])
def test_a_task_is_handed_secrets_that_exist_by_their_exact_arns(prod: Deployment, name: str) -> None:
    arns = {secret.arn for secret in prod.all("Secret")}
    (main,) = definition(prod, name).document("containerDefinitions")
    assert main["secrets"]
    assert {one["valueFrom"] for one in main["secrets"]} <= arns


def test_the_url_of_the_cache_is_stored_whole(prod: Deployment) -> None:
    version = prod.named("secrets-redis-url", "SecretVersion")
    (password,) = prod.named("cache-app", "aws:elasticache/user:User")["authenticationMode"]["passwords"]
    assert version["secretString"] == f"rediss://aiponge:{password}@cache.internal:6379"
    assert "secretString" in version.secrets


@pytest.mark.accepts("A33")
def test_the_rotation_owns_the_database_url_and_its_readers_start_anew_after_it(prod: Deployment) -> None:
    url = prod.named("secrets-database-url", "Secret").arn
    assert prod.only("SecretRotation")["secretId"] == url
    detail = prod.named("rotation-rotated", "EventRule").document("eventPattern")["detail"]
    assert detail["additionalEventData"] == {"SecretId": [url]}
    told = prod.named("rotation-redeploy-function")["environment"]["variables"]["READERS"]
    assert json.loads(told) == [f"aiponge-{name}" for name in INTERNAL]


@pytest.mark.accepts("A25")
def test_endpoints_are_in_the_private_subnets_in_their_own_group(prod: Deployment) -> None:
    private = {subnet.id for subnet in prod.all("Subnet") if subnet["tags"]["Tier"] == "private"}
    interfaces = [one for one in prod.all("VpcEndpoint") if one["vpcEndpointType"] == "Interface"]
    assert interfaces
    for one in interfaces:
        assert set(one["subnetIds"]) == private
        assert one["securityGroupIds"] == [prod.named("connections-endpoints", "SecurityGroup").id]


def agents(stack: str) -> set[str]:
    """The images that the execution roles of a stack may pull besides the stack's own."""
    pulls = [
        statement["Resource"]
        for policy in shipped(stack).all("RolePolicy")
        if policy.inputs.get("name") == "start"
        for statement in policy.document("policy")["Statement"]
        if "ecr:BatchGetImage" in statement["Action"]
    ]
    pulled = {arn for given in pulls for arn in ([given] if isinstance(given, str) else given)}
    own = {one.arn for one in shipped(stack).all("Repository")}
    assert own <= pulled
    return pulled - own


@pytest.mark.accepts("B59")
@pytest.mark.parametrize(("stack", "pulled"), [("prod", {AGENT}), ("staging", set())])
def test_a_task_may_pull_guarddutys_agent_where_it_is_watched(stack: str, pulled: set[str]) -> None:
    assert agents(stack) == pulled
