"""Tests of the alarms: metric, period, threshold, topic, and the treatment of missing data of each."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.monitoring import DatabaseMetrics
from settings.schema.data import DatabaseSettings
from settings.schema.monitoring import MonitoringSettings
from tests.components.monitoring.monitored import (
    BALANCER,
    PLATFORM,
    TARGETS,
    TOPICS,
    alarm,
    alarms,
    composites,
    everything,
    monitored,
    monitoring,
    notifying,
    services,
    with_service,
)
from tests.harness import Deployment, Registered

GIB = 2**30
AT_LEAST, ABOVE, BELOW = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
)
APP, DB, ALB, RDS, ECS = "Aiponge/App", "Aiponge/Db", "AWS/ApplicationELB", "AWS/RDS", "AWS/ECS"
CACHE, NAT, WAF, LOGS = "AWS/ElastiCache", "AWS/NATGateway", "AWS/WAFV2", "AWS/Logs"
DOOR, BEHIND = {"LoadBalancer": BALANCER}, {"LoadBalancer": BALANCER, "TargetGroup": TARGETS}
INSTANCE, NODE, GATE = (
    {"DBInstanceIdentifier": "aiponge-rds"},
    {"CacheClusterId": "aiponge-redis-001"},
    {"NatGatewayId": "nat-1"},
)
TASKS = {"ClusterName": "aiponge-cluster", "ServiceName": "ecs-user"}
CALL = {"ClusterName": "aiponge-cluster", "ServiceName": "ecs-api-gateway", "TargetDiscoveryName": "user"}
FIREWALL = {"WebACL": "aiponge-acl", "Region": "eu-west-1", "Rule": "ALL"}
MASKED = {"DataProtectionOperation": "Audit", "LogGroupName": "/aiponge/prod/user"}

# label: namespace, metric, dimensions, statistic, period, breaches of periods, comparison, threshold, topic
ALARMS: dict[str, tuple[Any, ...]] = {
    "AL1-auth-failure": (APP, "AuthFailure", {}, "Sum", 300, (1, 1), AT_LEAST, 20, "critical"),
    "AL2-internal-auth-failure": (
        *(APP, "InternalAuthFailure", {}, "Sum", 300),
        *((1, 1), AT_LEAST, 5, "critical"),
    ),
    "AL3-db-connect-failure": (APP, "DbConnectFailure", {}, "Sum", 60, (3, 3), AT_LEAST, 3, "critical"),
    "AL4-database-refuses": (DB, "RdsFatal", {}, "Sum", 300, (1, 1), AT_LEAST, 5, "warning"),
    "AL5-database-connections": (
        *(RDS, "DatabaseConnections", INSTANCE, "Maximum", 300),
        *((2, 2), AT_LEAST, 720, "critical"),
    ),
    "AL6-unhealthy-targets": (
        *(ALB, "UnHealthyHostCount", BEHIND, "Maximum", 60),
        *((3, 3), AT_LEAST, 1, "warning"),
    ),
    "AL7-no-healthy-target": (ALB, "HealthyHostCount", BEHIND, "Minimum", 60, (3, 3), BELOW, 1, "critical"),
    "AL10-slow-calls-api-gateway-to-user": (
        *(ECS, "TargetResponseTime", CALL, "p95", 60),
        *((3, 5), ABOVE, 500, "critical"),
    ),
    "AL11-internal-call-failure": (
        *(APP, "InternalCallFailure", {}, "Sum", 300),
        *((1, 1), AT_LEAST, 10, "warning"),
    ),
    "AL11-failed-calls-api-gateway-to-user": (
        *(ECS, "HTTPCode_Target_5XX_Count", CALL, "Sum", 300),
        *((1, 1), AT_LEAST, 10, "warning"),
    ),
    "AL12-crypto-error": (APP, "CryptoError", {}, "Sum", 60, (1, 1), AT_LEAST, 1, "critical"),
    "AL13-slow-answers": (ALB, "TargetResponseTime", DOOR, "p99", 60, (5, 5), ABOVE, 2, "warning"),
    "AL14-load-balancer-errors": (
        *(ALB, "HTTPCode_ELB_5XX_Count", DOOR, "Sum", 60),
        *((3, 3), AT_LEAST, 5, "critical"),
    ),
    "AL16-database-cpu": (RDS, "CPUUtilization", INSTANCE, "Average", 300, (3, 3), ABOVE, 80, "warning"),
    "AL16-database-storage": (
        *(RDS, "FreeStorageSpace", INSTANCE, "Average", 300),
        *((3, 3), BELOW, 15 * GIB, "warning"),
    ),
    "AL16-database-memory": (
        *(RDS, "FreeableMemory", INSTANCE, "Average", 300),
        *((3, 3), BELOW, 8 * GIB // 10, "warning"),
    ),
    "AL16-database-reads": (RDS, "ReadLatency", INSTANCE, "p90", 300, (3, 3), ABOVE, 0.02, "warning"),
    "AL16-database-transactions": (
        *(RDS, "MaximumUsedTransactionIDs", INSTANCE, "Maximum", 300),
        *((3, 3), ABOVE, 10**9, "warning"),
    ),
    "AL17-cache-cpu-node-1": (
        *(CACHE, "EngineCPUUtilization", NODE, "Average", 300),
        *((1, 1), ABOVE, 80, "warning"),
    ),
    "AL17-cache-memory-node-1": (
        *(CACHE, "DatabaseMemoryUsagePercentage", NODE, "Average", 300),
        *((1, 1), ABOVE, 80, "warning"),
    ),
    "AL17-cache-evictions-node-1": (
        *(CACHE, "Evictions", NODE, "Sum", 300),
        *((1, 1), ABOVE, 0, "warning"),
    ),
    "AL17-cache-lag-node-1": (
        *(CACHE, "ReplicationLag", NODE, "Maximum", 300),
        *((1, 1), ABOVE, 5, "warning"),
    ),
    "AL17-cache-auth-failures-node-1": (
        *(CACHE, "AuthenticationFailures", NODE, "Sum", 300),
        *((1, 1), AT_LEAST, 1, "critical"),
    ),
    "AL17-cache-forbidden-commands-node-1": (
        *(CACHE, "CommandAuthorizationFailures", NODE, "Sum", 300),
        *((1, 1), AT_LEAST, 1, "critical"),
    ),
    "AL18-nat-ports-a": (NAT, "ErrorPortAllocation", GATE, "Sum", 300, (1, 1), ABOVE, 0, "warning"),
    "AL18-nat-drops-a": (NAT, "PacketsDropCount", GATE, "Sum", 300, (1, 1), ABOVE, 100, "warning"),
    "AL18-cpu-user": (ECS, "CPUUtilization", TASKS, "Average", 300, (3, 3), ABOVE, 85, "warning"),
    "AL18-memory-user": (ECS, "MemoryUtilization", TASKS, "Average", 300, (3, 3), ABOVE, 85, "warning"),
    "AL18-blocked-requests": (WAF, "BlockedRequests", FIREWALL, "Sum", 300, (1, 1), ABOVE, 1000, "warning"),
    "S16-undelivered-critical": (
        *("AWS/SNS", "NumberOfNotificationsFailed", {"TopicName": "aiponge-alerts-critical"}, "Sum", 300),
        *((1, 1), AT_LEAST, 1, "warning"),
    ),
    "S16-undelivered-warning": (
        *("AWS/SNS", "NumberOfNotificationsFailed", {"TopicName": "aiponge-alerts-warning"}, "Sum", 300),
        *((1, 1), AT_LEAST, 1, "critical"),
    ),
    "S16-failed-AL9-task-cannot-start": (
        *("AWS/Events", "FailedInvocations", {"RuleName": "aiponge-AL9-task-cannot-start"}, "Sum", 300),
        *((1, 1), AT_LEAST, 1, "warning"),
    ),
    "S15-secret-in-log-user": (
        *(LOGS, "LogEventsWithFindings", MASKED, "Sum", 60),
        *((1, 1), AT_LEAST, 1, "critical"),
    ),
}
BREACHING = {"AL7", "AL8"}
ROWS = {f"AL{number}" for number in range(1, 19)} - {"AL9"} | {"S15", "S16"}


def proves(label: str) -> tuple[str, ...]:
    """The requirement codes that one alarm belongs to."""
    row = label.split("-")[0]
    by_row = {
        **dict.fromkeys(("AL1", "AL2"), ("A41", "A44")),
        **dict.fromkeys(("AL3", "AL4", "AL5"), ("A45",)),
        **dict.fromkeys(("AL6", "AL7"), ("A46",)),
        "AL10": ("A47",),
        "AL11": ("A47", "A50"),
        "AL12": ("A49",),
        "S15": ("A48",),
    }
    return ("A44",) if label.startswith("AL17-cache-auth") else by_row.get(row, ())


CASES = [
    pytest.param(label, marks=[pytest.mark.accepts(*proves(label))] if proves(label) else [])
    for label in ALARMS
]


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return monitored()


@pytest.mark.parametrize("label", CASES)
def test_an_alarm_has_the_listed_metric_and_threshold(prod: Deployment, label: str) -> None:
    found = alarm(prod, label)
    namespace, metric, dimensions, stat, period, (breaches, of), compare, threshold, severity = ALARMS[label]
    assert (found["namespace"], found["metricName"], found["dimensions"]) == (namespace, metric, dimensions)
    assert (found.get("statistic") or found.get("extendedStatistic"), found["period"]) == (stat, period)
    assert (found["datapointsToAlarm"], found["evaluationPeriods"]) == (breaches, of)
    assert (found["comparisonOperator"], found["threshold"]) == (compare, threshold)
    route = notifying(prod, f"aiponge-{label}")
    assert route["alarmActions"] == route["okActions"] == [TOPICS[severity]]


@pytest.mark.parametrize("label", ALARMS)
def test_missing_data_is_a_breach_only_where_listed(prod: Deployment, label: str) -> None:
    expected = "breaching" if label.split("-")[0] in BREACHING else "notBreaching"
    assert alarm(prod, label)["treatMissingData"] == expected


@pytest.mark.accepts("A41", "A44")
def test_failed_logins_are_also_compared_with_what_is_usual(prod: Deployment) -> None:
    found = alarm(prod, "AL1-auth-failure-unusual")
    watched, band = sorted(found["metricQueries"], key=lambda query: "expression" in query)
    assert (watched["metric"]["namespace"], watched["metric"]["metricName"]) == (APP, "AuthFailure")
    assert (watched["metric"]["stat"], watched["metric"]["period"]) == ("Sum", 300)
    assert band["expression"] == f"ANOMALY_DETECTION_BAND({watched['id']}, 2)"
    assert watched["returnData"] is band["returnData"] is True
    assert found["thresholdMetricId"] == band["id"]
    assert found["comparisonOperator"] == "GreaterThanUpperThreshold"
    assert (found["datapointsToAlarm"], found["evaluationPeriods"]) == (3, 3)
    assert found["alarmActions"] == [TOPICS["warning"]]
    # An alarm with a band accepts no fixed threshold and no single metric.
    assert not {"threshold", "metricName", "namespace", "period", "statistic"} & set(found)


def test_no_other_alarm_learns_its_limit(prod: Deployment) -> None:
    learned = [one.name for one in alarms(prod) if "thresholdMetricId" in one.inputs]
    assert learned == ["monitoring-AL1-auth-failure-unusual"]


@pytest.mark.accepts("A46")
def test_every_service_has_as_many_tasks_as_it_should(prod: Deployment) -> None:
    names = {name_after(one, "AL8-tasks-missing-") for one in named(prod, "AL8-")}
    assert names == set(PLATFORM.services)
    for name in names:
        found = alarm(prod, f"AL8-tasks-missing-{name}")
        queries = {query["id"]: query for query in found["metricQueries"]}
        metrics = {key: query["metric"] for key, query in queries.items() if "metric" in query}
        assert queries["result"]["expression"] == "desired-running"
        assert {key: metric["metricName"] for key, metric in metrics.items()} == {
            "desired": "DesiredTaskCount",
            "running": "RunningTaskCount",
        }
        for metric in metrics.values():
            assert metric["namespace"] == "ECS/ContainerInsights"
            assert metric["dimensions"] == {"ClusterName": "aiponge-cluster", "ServiceName": f"ecs-{name}"}
            assert (metric["stat"], metric["period"]) == ("Average", 60)
        assert [key for key, query in queries.items() if query["returnData"]] == ["result"]
        assert (found["datapointsToAlarm"], found["evaluationPeriods"]) == (5, 5)
        assert (found["comparisonOperator"], found["threshold"]) == (ABOVE, 0)
        assert found["treatMissingData"] == "breaching"
        assert found["alarmActions"] == [TOPICS["critical"]]


def test_a_ratio_of_errors_counts_only_with_enough_requests(prod: Deployment) -> None:
    found = alarm(prod, "AL15-error-ratio")
    queries = {query["id"]: query for query in found["metricQueries"]}
    assert queries["result"]["expression"] == (
        "IF(requests>=50,100*(FILL(own,0)+FILL(targets,0))/requests,0)"
    )
    assert {key: query["metric"]["metricName"] for key, query in queries.items() if "metric" in query} == {
        "own": "HTTPCode_ELB_5XX_Count",
        "targets": "HTTPCode_Target_5XX_Count",
        "requests": "RequestCount",
    }
    metrics = [query["metric"] for query in queries.values() if "metric" in query]
    assert {(one["namespace"], one["stat"], one["period"]) for one in metrics} == {(ALB, "Sum", 60)}
    assert all(one["dimensions"] == DOOR for one in metrics)
    assert (found["comparisonOperator"], found["threshold"]) == (ABOVE, 2)
    assert notifying(prod, "aiponge-AL15-error-ratio")["alarmActions"] == [TOPICS["critical"]]


def test_every_required_alarm_exists(prod: Deployment) -> None:
    assert {one.name.split("-")[1] for one in alarms(prod)} == ROWS


@pytest.mark.accepts("A41")
def test_every_alarm_acts_when_it_rings_and_when_it_ends(prod: Deployment) -> None:
    for one in alarms(prod):
        route = notifying(prod, one["name"])
        assert one["actionsEnabled"] is route["actionsEnabled"] is True
        assert len(route["alarmActions"]) == 1
        assert route["okActions"] == route["alarmActions"]


def test_every_alarm_has_its_row_in_its_name_and_not_in_its_description(prod: Deployment) -> None:
    for one in (*alarms(prod), *composites(prod)):
        label = one.name.removeprefix("monitoring-")
        assert one.inputs.get("name", one.inputs.get("alarmName")) == f"aiponge-{label}"
        assert not re.match(r"[A-Z]+\d+: ", one["alarmDescription"])


@pytest.mark.accepts("A47")
def test_every_call_that_may_happen_is_watched(prod: Deployment) -> None:
    others = set(PLATFORM.services) - {"api-gateway"}
    assert slow_calls(prod) == {f"api-gateway-to-{name}" for name in others}


def test_a_declared_call_between_services_is_watched_too() -> None:
    found = monitoring(services=services(with_service("music", calls=("user",))))
    assert "music-to-user" in slow_calls(found)


def test_until_a_service_has_an_image_its_silence_is_no_trouble() -> None:
    images = {name: one.model_copy(update={"image": None}) for name, one in PLATFORM.services.items()}
    platform = PLATFORM.model_copy(update={"services": images})
    quiet = monitoring(**everything(services=services(platform)))
    assert named(quiet, "AL8-")
    for one in alarms(quiet):
        assert one["treatMissingData"] == "notBreaching"
        assert one["actionsEnabled"] is True


def test_a_gateway_without_an_image_is_quiet_alone() -> None:
    found = monitoring(**everything(services=services(with_service("api-gateway", image=None))))
    assert alarm(found, "AL7-no-healthy-target")["treatMissingData"] == "notBreaching"
    assert alarm(found, "AL8-tasks-missing-api-gateway")["treatMissingData"] == "notBreaching"
    assert alarm(found, "AL8-tasks-missing-user")["treatMissingData"] == "breaching"


def test_a_burstable_database_is_watched_for_its_credits() -> None:
    settings = DatabaseSettings.model_validate({"instanceClass": "db.t4g.medium", "username": "owner"})
    database = DatabaseMetrics(settings=settings, identifier="rds", log_group_name="/rds")
    found = alarm(monitoring(database=database), "AL16-database-credits")
    assert (found["namespace"], found["metricName"]) == (RDS, "CPUCreditBalance")
    assert (found["statistic"], found["period"]) == ("Average", 300)
    assert (found["comparisonOperator"], found["threshold"]) == (BELOW, 30)


def test_limits_of_the_stack_file_are_kept() -> None:
    tuned = MonitoringSettings.model_validate(
        {"authFailuresPer5Min": 7, "latencyMs": 250, "wafBlockedPer5Min": 9}
    )
    found = monitoring(tuned, **everything())
    assert alarm(found, "AL1-auth-failure")["threshold"] == 7
    assert alarm(found, "AL10-slow-calls-api-gateway-to-user")["threshold"] == 250
    assert alarm(found, "AL18-blocked-requests")["threshold"] == 9


def slow_calls(deployment: Deployment) -> set[str]:
    return {name_after(one, "AL10-slow-calls-") for one in named(deployment, "AL10-")}


def named(deployment: Deployment, prefix: str) -> list[Registered]:
    return [one for one in alarms(deployment) if one.name.startswith(f"monitoring-{prefix}")]


def name_after(one: Registered, prefix: str) -> str:
    return one.name.removeprefix(f"monitoring-{prefix}")
