"""Monitoring: an alarm reaches a person, an event too, and a part that a stack lacks leaves no loose end."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from components.monitoring import LoadBalancerMetrics
from components.monitoring.dashboard import dashboard_url
from tests.components.monitoring.monitored import (
    BALANCER,
    TARGETS,
    alarms,
    deployed_settings,
    monitored,
    watch,
)
from tests.harness import ACCOUNT, OUTPUTS, REGION, Deployment, Registered, deploy
from tests.program import STACKS, shipped

PUBLISH = {"kms:Decrypt", "kms:GenerateDataKey*"}


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> Deployment:
    """A whole shipped stack."""
    return shipped(request.param)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return monitored()


def why_undelivered(deployment: Deployment, service: str, topic_arn: str) -> str | None:
    """Why a message of ``service`` to a topic reaches nobody; None when it does."""
    topic = by_arn(deployment, "aws:sns/topic:Topic", topic_arn)
    if topic is None:
        return "there is no such topic"
    policies = [one for one in deployment.all("TopicPolicy") if one["arn"] == topic_arn]
    if not any(may(one, service, {"sns:Publish"}) for one in statements(policies, "policy")):
        return "its policy does not let the service publish"
    key = by_arn(deployment, "aws:kms/key:Key", topic["kmsMasterKeyId"])
    if key is None:
        return "its key is not of this stack"
    if not any(may(one, service, PUBLISH) for one in statements([key], "policy")):
        return "its key does not let the service use it"
    if not [one for one in deployment.all("TopicSubscription") if one["topic"] == topic_arn]:
        return "nobody is subscribed"
    return None


def by_arn(deployment: Deployment, type_: str, arn: str) -> Registered | None:
    return next((one for one in deployment.all(type_) if one.arn == arn), None)


def statements(owners: list[Registered], key: str) -> list[dict[str, Any]]:
    return [one for owner in owners for one in owner.document(key)["Statement"]]


def may(statement: dict[str, Any], service: str, actions: set[str]) -> bool:
    """Whether a statement lets ``service`` act with the context that AWS really sends along."""
    principal = statement["Principal"]
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    named = [services] if isinstance(services, str) else services
    given = statement["Action"]
    # EventBridge names no source account or rule to SNS and KMS; alarms and RDS do.
    sent = {} if service == "events.amazonaws.com" else {"aws:SourceAccount": ACCOUNT}
    conditions = statement.get("Condition", {})
    met = set(conditions) <= {"StringEquals"} and all(
        sent.get(key) == value for key, value in conditions.get("StringEquals", {}).items()
    )
    covered = actions <= ({given} if isinstance(given, str) else set(given))
    return statement["Effect"] == "Allow" and service in named and covered and met


@pytest.mark.accepts("A41", "A44")
@pytest.mark.failure(24)
def test_every_alarm_reaches_somebody(stack: Deployment) -> None:
    told = {topic for one in alarms(stack) for topic in one["alarmActions"]}
    assert len(told) == 2
    assert {why_undelivered(stack, "cloudwatch.amazonaws.com", one) for one in told} == {None}


@pytest.mark.accepts("A46")
def test_every_event_reaches_somebody(stack: Deployment) -> None:
    targets = [one for one in stack.all("EventTarget") if one.name.startswith("monitoring-")]
    rules = [one for one in stack.all("EventRule") if one.name.startswith("monitoring-")]
    assert {one["rule"] for one in targets} == {one["name"] for one in rules}
    assert {why_undelivered(stack, "events.amazonaws.com", one["arn"]) for one in targets} == {None}


def test_every_database_event_reaches_somebody(stack: Deployment) -> None:
    topics = {one["snsTopic"] for one in stack.all("EventSubscription")}
    assert topics == {stack.named("topics-warning", "Topic").arn}
    assert {why_undelivered(stack, "events.rds.amazonaws.com", one) for one in topics} == {None}


def test_who_publishes_waits_for_the_policy_that_lets_it(prod: Deployment) -> None:
    policy = prod.named("topics-warning", "TopicPolicy").urn
    for one in prod.all("EventSubscription"):
        assert policy in one.depends_on


@pytest.mark.accepts("A46")
def test_a_failed_deployment_of_this_cluster_is_an_event(prod: Deployment) -> None:
    rule = prod.named("monitoring-AL9-deployment-failed", "EventRule")
    assert rule["state"] == "ENABLED"
    assert rule.document("eventPattern") == {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change"],
        "resources": [{"prefix": f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/aiponge-cluster/"}],
        "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
    }


@pytest.mark.accepts("A46")
def test_a_task_of_this_cluster_that_gets_no_secret_is_an_event(prod: Deployment) -> None:
    rule = prod.named("monitoring-AL9-task-cannot-start", "EventRule")
    assert rule["state"] == "ENABLED"
    assert rule.document("eventPattern") == {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/aiponge-cluster"],
            "stoppedReason": [{"prefix": "ResourceInitializationError"}],
        },
    }


def test_events_are_critical_and_say_no_more_than_what_and_why(prod: Deployment) -> None:
    for one in prod.all("EventTarget"):
        assert one["arn"] == prod.named("topics-critical", "Topic").arn
        paths = one["inputTransformer"]["inputPaths"]
        assert set(paths) == {"what", "why"}
        assert not any("overrides" in path or path in ("$", "$.detail") for path in paths.values())
        assert json.loads(one["inputTransformer"]["inputTemplate"]).endswith("<what>: <why>")


def test_rds_reports_exactly_the_events_that_auditors_ask_for(prod: Deployment) -> None:
    heard = {one["sourceType"]: set(one["eventCategories"]) for one in prod.all("EventSubscription")}
    assert heard == {
        "db-instance": {"maintenance", "configuration change", "failure"},
        "db-parameter-group": {"configuration change"},
    }
    assert all(one["enabled"] is True for one in prod.all("EventSubscription"))
    # Sources left out: an instance restored beside this one is reported as well.
    assert not any("sourceIds" in one.inputs for one in prod.all("EventSubscription"))


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
    }


def region_of(stack: Deployment) -> str:
    return stack.only("pulumi:providers:aws")["region"]


def series(one: Registered) -> list[dict[str, Any]]:
    """The metrics an alarm looks at."""
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
    for dimension in set(declared) - {"LogGroupName"}:  # not every group is a service's
        assert looked_at.get(dimension, set()) == declared[dimension], dimension


def test_every_metric_of_our_own_is_filled_by_a_filter(stack: Deployment) -> None:
    filled = {
        (one["metricTransformation"]["namespace"], one["metricTransformation"]["name"])
        for one in stack.all("LogMetricFilter")
    }
    asked = {(m["namespace"], m["metricName"]) for one in alarms(stack) for m in series(one)}
    own = {pair for pair in asked if not pair[0].startswith(("AWS/", "ECS/", "CWAgent"))}
    assert own
    assert own <= filled


@pytest.mark.accepts("A48")
def test_filters_and_masks_wait_for_the_log_groups_they_sit_on(stack: Deployment) -> None:
    groups = {one.urn: one["name"] for one in stack.all("LogGroup")}
    for one in (*stack.all("LogMetricFilter"), *stack.all("LogDataProtectionPolicy")):
        needed = one.property_dependencies["logGroupName"]
        assert [groups[urn] for urn in needed if urn in groups] == [one["logGroupName"]]


def test_a_stack_without_a_part_has_no_alarm_for_it() -> None:
    bare = deploy(
        lambda: watch(
            deployed_settings(),
            logs={},
            services=None,
            load_balancer=None,
            database=None,
            cache_members=(),
            nat_gateways={},
        )
    )
    # Whatever is watched, the messengers are.
    assert {one.name.split("-")[1] for one in alarms(bare)} == {"S16"}
    assert len(alarms(bare)) == 2
    for type_ in ("LogMetricFilter", "LogDataProtectionPolicy", "EventRule", "EventSubscription"):
        assert bare.all(type_) == []


def test_a_host_behind_the_door_is_always_expected_to_answer() -> None:
    host = deploy(lambda: watch(deployed_settings(images=False), services=None))
    found = host.named("monitoring-AL7-no-healthy-target", "MetricAlarm")
    assert found["treatMissingData"] == "breaching"


def test_without_a_firewall_there_is_no_alarm_for_it() -> None:
    balancer = LoadBalancerMetrics(load_balancer=BALANCER, target_group=TARGETS)
    found = deploy(lambda: watch(deployed_settings(), load_balancer=balancer))
    assert not [one for one in alarms(found) if one.name == "monitoring-AL18-blocked-requests"]


def test_every_part_belongs_to_the_component(prod: Deployment) -> None:
    (owner,) = (one.urn for one in prod.resources if one.type == "strongroom:index:Monitoring")
    watched = [one for one in prod.resources if one.name.startswith("monitoring-")]
    assert watched
    assert {one.parent for one in watched} == {owner}


def widgets(deployment: Deployment) -> list[dict[str, Any]]:
    return deployment.only("Dashboard").document("dashboardBody")["widgets"]


def test_the_dashboard_has_its_name_and_address(prod: Deployment) -> None:
    assert prod.only("Dashboard")["dashboardName"] == "aiponge-prod"
    url = dashboard_url(deployed_settings().names)
    assert url == (
        f"https://{REGION}.console.aws.amazon.com/cloudwatch/home?region={REGION}"
        "#dashboards/dashboard/aiponge-prod"
    )


def test_the_dashboard_shows_alarms_that_exist_the_loudest_first(prod: Deployment) -> None:
    (shown,) = (one["properties"]["alarms"] for one in widgets(prod) if one["type"] == "alarm")
    base = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:"
    loud = {
        base + one["name"]
        for one in alarms(prod)
        if one["alarmActions"] == [prod.named("topics-critical", "Topic").arn]
    }
    assert set(shown) == {base + one["name"] for one in alarms(prod)}
    assert set(shown[: len(loud)]) == loud
    assert len(shown) <= 100


def test_the_dashboard_fills_its_width_and_overlaps_nowhere(stack: Deployment) -> None:
    rows: dict[int, list[dict[str, Any]]] = {}
    for one in widgets(stack):
        rows.setdefault(one["y"], []).append(one)
    assert len(rows) >= 4
    for row in rows.values():
        edges = [(one["x"], one["x"] + one["width"]) for one in sorted(row, key=lambda one: one["x"])]
        assert edges[0][0] == 0
        assert edges[-1][1] == 24
        assert all(left[1] == right[0] for left, right in pairwise(edges))


def test_the_dashboard_asks_the_logs_of_every_service_for_reasons(prod: Deployment) -> None:
    (query,) = (one["properties"]["query"] for one in widgets(prod) if one["type"] == "log")
    for one in prod.all("LogDataProtectionPolicy"):
        assert f"SOURCE '{one['logGroupName']}'" in query
