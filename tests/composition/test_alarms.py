"""Checks that alarms of shipped stacks name existing resources, and that everything that can fail has one."""

from __future__ import annotations

import ast
import base64
import gzip
import json
from typing import Any

import pytest
import yaml

from tests.components.monitoring.monitored import alarms, assert_rows_fill_the_width, widgets
from tests.harness import OUTPUTS, Deployment, Registered
from tests.program import ROOT, STACKS, shipped

# The alarms that a containers stack has; AL9 is an event rule.
ROWS = (
    {f"AL{number}" for number in range(1, 19)} - {"AL9"}
    | {f"S{number}" for number in range(6, 13)}
    | {"S15", "S16"}
)


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> Deployment:
    """A whole shipped stack."""
    return shipped(request.param)


def named_by_dimension(stack: Deployment) -> dict[str, set[str]]:
    """The values that each dimension may take: what the stack declares."""
    caches = stack.all("aws:elasticache/replicationGroup:ReplicationGroup")
    services = stack.all("aws:ecs/service:Service")
    hosts = stack.all("aws:autoscaling/group:Group")
    connect = [one["serviceConnectConfiguration"].get("services", []) for one in services]
    acl = stack.only("aws:wafv2/webAcl:WebAcl")["visibilityConfig"]["metricName"]
    return {
        "ClusterName": {one["name"] for one in stack.all("aws:ecs/cluster:Cluster")},
        "ServiceName": {one["name"] for one in services},
        "TargetDiscoveryName": {one["discoveryName"] for served in connect for one in served},
        "LoadBalancer": {OUTPUTS["aws:lb/loadBalancer:LoadBalancer"]["arnSuffix"]},
        "TargetGroup": {OUTPUTS["aws:lb/targetGroup:TargetGroup"]["arnSuffix"]},
        "DBInstanceIdentifier": {one["identifier"] for one in stack.all("aws:rds/instance:Instance")},
        "CacheClusterId": {
            f"{one['replicationGroupId']}-{number:03}"
            for one in caches
            for number in range(1, one["numCacheClusters"] + 1)
        },
        "NatGatewayId": {one.id for one in stack.all("NatGateway")},
        "WebACL": {acl},
        "TopicName": {one["name"] for one in stack.all("aws:sns/topic:Topic")},
        "RuleName": {one["name"] for one in stack.all("EventRule")},
        "FunctionName": {one["name"] for one in stack.all("aws:lambda/function:Function")},
        "LogGroupName": {one["name"] for one in stack.all("LogGroup")},
        "AutoScalingGroupName": {one["name"] for one in hosts},
        "path": {"/"} if hosts else set(),
        "pattern": {"dockerd"} if hosts else set(),
        "Region": {region_of(stack)},
        "Rule": {"ALL"},
        "DataProtectionOperation": {"Audit"},
        "BackupVaultName": {one["name"] for one in stack.all("aws:backup/vault:Vault")},
        "CertificateArn": {one.arn for one in stack.all("aws:acm/certificate:Certificate")},
        "Name": published_secrets(stack),
    }


def published_secrets(stack: Deployment) -> set[str]:
    """The secrets and parameters whose ages a function publishes."""
    told = stack.named("ages-publish-function")["environment"]["variables"]
    return {*json.loads(told["SECRETS"]), *json.loads(told["PARAMETERS"])}


def published(stack: Deployment) -> set[tuple[str, str]]:
    """Namespace and name of what functions publish: any text of their code may be the name."""
    found: set[tuple[str, str]] = set()
    for one in stack.all("aws:lambda/function:Function"):
        namespace = one["environment"]["variables"].get("METRIC_NAMESPACE")
        package = ROOT / "functions" / one["handler"].split(".")[0]
        code = ast.Module([ast.parse(path.read_text()) for path in package.glob("*.py")], [])
        texts = {node.value for node in ast.walk(code) if isinstance(node, ast.Constant)}
        found |= {(namespace, text) for text in texts if namespace and isinstance(text, str)}
    return found


def region_of(stack: Deployment) -> str:
    return stack.only("pulumi:providers:aws")["region"]


def series(one: Registered) -> list[dict[str, Any]]:
    """The metrics of an alarm."""
    queries = one.inputs.get("metricQueries") or []
    return [query["metric"] for query in queries if "metric" in query] or [one.inputs]


@pytest.mark.accepts("A44", "A45", "A46", "A47")
def test_every_alarm_looks_at_something_that_the_stack_declares(stack: Deployment) -> None:
    declared = named_by_dimension(stack)
    for one in alarms(stack):
        for metric in series(one):
            for dimension, value in metric["dimensions"].items():
                assert value in declared[dimension], one.name


@pytest.mark.accepts("A46", "A47")
def test_everything_that_can_fail_is_looked_at(stack: Deployment) -> None:
    looked_at: dict[str, set[str]] = {}
    for one in alarms(stack):
        for metric in series(one):
            for dimension, value in metric["dimensions"].items():
                looked_at.setdefault(dimension, set()).add(value)
    declared = named_by_dimension(stack)
    for dimension in set(declared) - {"LogGroupName"}:  # not every log group is of a service
        assert looked_at.get(dimension, set()) == declared[dimension], dimension


def test_every_metric_of_our_own_is_filled_by_a_filter_a_function_or_the_host(stack: Deployment) -> None:
    filled = {
        (one["metricTransformation"]["namespace"], one["metricTransformation"]["name"])
        for one in stack.all("LogMetricFilter")
    }
    for host in stack.all("LaunchTemplate"):
        written = yaml.safe_load(gzip.decompress(base64.b64decode(host["userData"])))["write_files"]
        lines = [line.partition("=") for one in written for line in one["content"].splitlines()]
        settings = {name: value for name, _, value in lines}
        filled.add((settings["namespace"], settings["metric"]))
    asked = {(m["namespace"], m["metricName"]) for one in alarms(stack) for m in series(one)}
    own = {pair for pair in asked if not pair[0].startswith(("AWS/", "ECS/", "CWAgent"))}
    assert own
    assert own <= filled | published(stack)


@pytest.mark.accepts("A48")
def test_filters_and_masks_wait_for_the_log_groups_they_sit_on(stack: Deployment) -> None:
    groups = {one.urn: one["name"] for one in stack.all("LogGroup")}
    for one in (*stack.all("LogMetricFilter"), *stack.all("LogDataProtectionPolicy")):
        needed = one.property_dependencies["logGroupName"]
        assert [groups[urn] for urn in needed if urn in groups] == [one["logGroupName"]]


def test_every_required_alarm_exists_in_production() -> None:
    assert {one.name.split("-")[1] for one in alarms(shipped("prod"))} >= ROWS


@pytest.mark.accepts("A51")
@pytest.mark.parametrize("name", ["prod", "staging"])
def test_the_alarms_of_every_deployment_exist_and_measure_that_service(name: str) -> None:
    deployed = shipped(name)
    metrics = {one["name"]: series(one) for one in alarms(deployed)}
    services = deployed.all("aws:ecs/service:Service")
    assert services
    for service in services:
        names = service["alarms"]["alarmNames"]
        assert len(set(names)) == len(names) >= 2, service.name
        measured = {
            metric["dimensions"].get("TargetDiscoveryName", "api-gateway")
            for one in names
            for metric in metrics[one]
        }
        assert measured == {service["name"].removeprefix("aiponge-")}


@pytest.mark.accepts("A48")
def test_every_service_of_production_is_counted_and_masked() -> None:
    prod = shipped("prod")
    names = [one["name"].removeprefix("aiponge-") for one in prod.all("aws:ecs/service:Service")]
    assert len(names) == 8
    logs = {f"/aiponge/prod/{name}" for name in names}
    assert {one["logGroupName"] for one in prod.all("LogDataProtectionPolicy")} == logs
    assert logs <= {one["logGroupName"] for one in prod.all("LogMetricFilter")}


def test_the_dashboard_fills_its_width_and_overlaps_nowhere(stack: Deployment) -> None:
    assert_rows_fill_the_width(widgets(stack))
