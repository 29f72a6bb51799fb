"""Tests of Monitoring: messages without event contents, and stacks that lack some of the parts."""

from __future__ import annotations

import json

import pytest

from components.monitoring import LoadBalancerMetrics
from tests.components.monitoring.monitored import (
    BALANCER,
    TARGETS,
    TOPICS,
    alarms,
    composites,
    monitored,
    monitoring,
)
from tests.harness import ACCOUNT, REGION, Deployment

WITHOUT_FIREWALL = LoadBalancerMetrics(load_balancer=BALANCER, target_group=TARGETS)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return monitored()


def test_who_publishes_waits_for_the_policy_that_lets_it(prod: Deployment) -> None:
    policies = prod.named("topic-policies").urn
    waiting = [*alarms(prod), *composites(prod), *prod.all("EventTarget"), *prod.all("EventSubscription")]
    assert waiting
    assert [one.name for one in waiting if policies not in one.depends_on] == []


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
        assert one["arn"] == TOPICS["critical"]
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
    # RDS stores names in lower case.
    assert {one["name"] for one in prod.all("EventSubscription")} == {
        "aiponge-al16-db-instance",
        "aiponge-al16-db-parameter-group",
    }
    # All sources: an instance that is restored under another name is reported too.
    assert not any("sourceIds" in one.inputs for one in prod.all("EventSubscription"))


def test_a_stack_without_a_part_has_no_alarm_for_it() -> None:
    bare = monitoring()
    # Topics, rules and functions are monitored whatever else a stack has.
    assert {one.name.split("-")[1] for one in alarms(bare)} == {"S16"}
    assert len(alarms(bare)) == 2
    for type_ in (
        "CompositeAlarm",
        "LogMetricFilter",
        "LogDataProtectionPolicy",
        "EventRule",
        "EventSubscription",
    ):
        assert bare.all(type_) == []


def test_a_host_behind_the_load_balancer_is_always_expected_to_answer() -> None:
    host = monitoring(load_balancer=WITHOUT_FIREWALL)
    found = host.named("monitoring-AL7-no-healthy-target", "MetricAlarm")
    assert found["treatMissingData"] == "breaching"


def test_without_a_firewall_there_is_no_alarm_for_it() -> None:
    found = monitoring(load_balancer=WITHOUT_FIREWALL)
    assert alarms(found)
    assert not [one for one in alarms(found) if one.name == "monitoring-AL18-blocked-requests"]


def test_every_part_belongs_to_the_component(prod: Deployment) -> None:
    (owner,) = (one.urn for one in prod.resources if one.type == "strongroom:index:Monitoring")
    watched = [one for one in prod.resources if one.name.startswith("monitoring-")]
    assert watched
    assert {one.parent for one in watched} == {owner}
