"""Tests of the host's alarms, and of the events counted in its plain text logs."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from components.monitoring import HostMetrics
from settings import read_stack_file
from settings.schema.monitoring import MonitoringSettings
from settings.schema.services import HostSettings, SshSettings
from tests.components.monitoring.filter_patterns import matches
from tests.components.monitoring.monitored import TOPICS, alarm, alarms, monitoring
from tests.harness import Deployment

AT_LEAST, ABOVE, BELOW = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
)
GROUP = {"AutoScalingGroupName": "app-server"}
ROOT_DISK, DAEMON = {**GROUP, "path": "/"}, {**GROUP, "pattern": "dockerd"}
EC2, AGENT = "AWS/EC2", "CWAgent"
PROCESSES = "procstat_lookup_pid_count"

# label: namespace, metric, dimensions, statistic, period, periods, comparison, threshold, topic, silence
ALARMS: dict[str, tuple[Any, ...]] = {
    "BL1-host-down": (
        *(EC2, "StatusCheckFailed", GROUP, "Maximum", 60),
        *(2, AT_LEAST, 1, "critical", "breaching"),
    ),
    "BL2-host-memory": (
        *(AGENT, "mem_used_percent", GROUP, "Average", 300),
        *(3, ABOVE, 90, "warning", "notBreaching"),
    ),
    "BL2-host-disk": (
        *(AGENT, "disk_used_percent", ROOT_DISK, "Average", 300),
        *(3, ABOVE, 85, "warning", "notBreaching"),
    ),
    "BL2-host-cpu": (
        *(EC2, "CPUUtilization", GROUP, "Average", 300),
        *(3, ABOVE, 85, "warning", "notBreaching"),
    ),
    "BL2-host-credits": (
        *(EC2, "CPUCreditBalance", GROUP, "Average", 300),
        *(3, BELOW, 20, "warning", "notBreaching"),
    ),
    "BL3-docker-down": (AGENT, PROCESSES, DAEMON, "Minimum", 60, 3, BELOW, 1, "critical", "breaching"),
    "BL6-host-incomplete": (
        *("app/prod/host", "MissingParts", GROUP, "Maximum", 300),
        *(3, AT_LEAST, 1, "critical", "breaching"),
    ),
    "BL5-ssh-refused": (
        *("Aiponge/Host", "SshAuthFailure", {}, "Sum", 300),
        *(1, AT_LEAST, 5, "warning", "notBreaching"),
    ),
}
DJANGO = {
    "AuthFailure": (
        "WARNING 2026-05-01 10:00:00,123 log Unauthorized: /api/auth/login/",
        "WARNING 2026-05-01 10:00:00,123 log Forbidden: /api/lists/7/",
    ),
    "DbConnectFailure": (
        "ERROR 2026-05-01 10:00:00,123 log django.db.utils.OperationalError: connection refused",
    ),
}


def host_settings(**changed: Any) -> HostSettings:
    given = {"kind": "host", "port": 8000, "repository": "app/web"}
    return HostSettings.model_validate(given).model_copy(update=changed)


def watched(settings: MonitoringSettings | None = None, **changed: Any) -> Deployment:
    """A host with other fields of its settings, and its application's log group."""
    host = HostMetrics(
        settings=host_settings(**changed),
        group_name="app-server",
        namespace="app/prod/host",
        logs={"host/auth": "/app/prod/host/auth", "host/syslog": "/app/prod/host/syslog"},
    )
    return monitoring(settings, logs={"app": "/app/prod/app"}, host=host)


@pytest.fixture(scope="module")
def open_to_ssh() -> Deployment:
    return watched(ssh=SshSettings.model_validate({"enabled": True, "allowedCidrs": ["203.0.113.0/24"]}))


@pytest.mark.parametrize("label", ALARMS)
def test_an_alarm_has_the_listed_metric_and_threshold(open_to_ssh: Deployment, label: str) -> None:
    found = alarm(open_to_ssh, label)
    namespace, metric, dimensions, stat, period, periods, compare, limit, severity, silence = ALARMS[label]
    assert (found["namespace"], found["metricName"], found["dimensions"]) == (namespace, metric, dimensions)
    assert (found["statistic"], found["period"]) == (stat, period)
    assert found["datapointsToAlarm"] == found["evaluationPeriods"] == periods
    assert (found["comparisonOperator"], found["threshold"]) == (compare, limit)
    assert found["alarmActions"] == [TOPICS[severity]]
    assert found["treatMissingData"] == silence


def test_ssh_is_watched_only_where_it_is_open() -> None:
    closed = watched()
    assert "monitoring-BL5-ssh-refused" not in {one.name for one in alarms(closed)}
    assert not [one for one in closed.all("LogMetricFilter") if "auth" in one["logGroupName"]]


def test_a_type_that_does_not_live_on_credits_is_not_watched_for_them() -> None:
    steady = watched(instance_type="m7i.large")
    assert "monitoring-BL2-host-credits" not in {one.name for one in alarms(steady)}


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("May  1 10:00:00 host sshd[7]: Failed password for root from 203.0.113.9 port 4 ssh2", True),
        ("May  1 10:00:00 host sshd[7]: Invalid user admin from 203.0.113.9 port 4", True),
        (
            "May  1 10:00:00 host sshd[7]: Connection reset by authenticating user ubuntu 203.0.113.9",
            True,
        ),
        ("May  1 10:00:00 host sshd[7]: Disconnected from authenticating user root 203.0.113.9 port 4", True),
        (
            "May  1 10:00:00 host sshd[7]: error: maximum authentication attempts exceeded for ubuntu from "
            "203.0.113.9 port 4 ssh2 [preauth]",
            True,
        ),
        ("May  1 10:00:00 host sshd[7]: Disconnected from user ubuntu 203.0.113.9 port 4", False),
        ("May  1 10:00:00 host sshd[7]: Accepted publickey for ubuntu from 203.0.113.9 port 4", False),
        ("May  1 10:00:00 host sudo: session opened for user root", False),
    ],
)
def test_a_refused_login_is_counted(open_to_ssh: Deployment, said: str, refused: bool) -> None:
    one = open_to_ssh.named("monitoring-ssh-refused", "LogMetricFilter")
    assert one["logGroupName"] == "/app/prod/host/auth"
    assert one["metricTransformation"]["defaultValue"] == "0"
    assert matches(one["pattern"], said) is refused


def test_a_failed_command_of_this_application_is_an_event(open_to_ssh: Deployment) -> None:
    rule = open_to_ssh.named("monitoring-BL4-command-failed", "EventRule")
    assert rule.document("eventPattern") == {
        "source": ["aws.ssm"],
        "detail-type": ["EC2 Command Status-change Notification"],
        "detail": {
            "document-name": [{"prefix": "aiponge-"}],
            "status": ["Failed", "TimedOut", "Cancelled"],
        },
    }
    target = open_to_ssh.named("monitoring-BL4-command-failed", "EventTarget")
    assert target["arn"] == TOPICS["critical"]


def test_missing_patches_are_an_event_that_can_wait(open_to_ssh: Deployment) -> None:
    rule = open_to_ssh.named("monitoring-BL5-patches-missing", "EventRule")
    assert rule.document("eventPattern")["detail"] == {
        "compliance-type": ["Patch"],
        "compliance-status": ["non_compliant"],
    }
    target = open_to_ssh.named("monitoring-BL5-patches-missing", "EventTarget")
    assert target["arn"] == TOPICS["warning"]


def test_the_hosts_own_logs_are_masked_too(open_to_ssh: Deployment) -> None:
    masked = {one["logGroupName"] for one in open_to_ssh.all("LogDataProtectionPolicy")}
    assert masked == {"/app/prod/app", "/app/prod/host/auth", "/app/prod/host/syslog"}
    assert alarm(open_to_ssh, "S15-secret-in-log-host-auth")["dimensions"]["LogGroupName"] in masked


@cache
def django(stack: str) -> Deployment:
    """A host with the plain text messages that a shipped stack declares."""
    return watched(read_stack_file(stack).monitoring)


@pytest.mark.parametrize("stack", ["cinematch-production", "cinematch-staging"])
@pytest.mark.parametrize(("metric", "said"), [(name, one) for name, lines in DJANGO.items() for one in lines])
def test_a_plain_text_line_is_counted_as_what_it_means(stack: str, metric: str, said: str) -> None:
    filters = django(stack).all("LogMetricFilter")
    on_app = [one for one in filters if one["logGroupName"] == "/app/prod/app"]
    counted = {one["metricTransformation"]["name"] for one in on_app if matches(one["pattern"], said)}
    assert counted == {metric}
    spaces = {one["metricTransformation"]["namespace"] for one in on_app}
    assert spaces == {"Aiponge/App"}


def test_an_ordinary_line_is_not_counted() -> None:
    filters = django("cinematch-production").all("LogMetricFilter")
    assert filters
    ordinary = "INFO 2026-05-01 10:00:00,123 views 200 GET /api/movies/"
    assert not any(matches(one["pattern"], ordinary) for one in filters)


def test_the_dashboard_shows_the_host(open_to_ssh: Deployment) -> None:
    body = open_to_ssh.only("Dashboard").document("dashboardBody")
    titles = {one["properties"]["title"] for one in body["widgets"]}
    assert {"Host CPU, memory, disk, percent", "Host alive"} <= titles
    assert "Running tasks" not in titles


def test_a_text_has_no_wildcard() -> None:
    with pytest.raises(ValueError, match=r"remove the \*"):
        MonitoringSettings.model_validate({"logTexts": {"authFailure": ["Unauthorized*"]}})


def test_a_stack_without_texts_has_no_filter_for_them() -> None:
    bare = watched(MonitoringSettings())
    assert bare.all("LogMetricFilter")
    assert not [one.name for one in bare.all("LogMetricFilter") if one.name.endswith("-text")]


def test_a_message_about_an_event_is_valid_for_eventbridge(open_to_ssh: Deployment) -> None:
    targets = open_to_ssh.all("EventTarget")
    assert targets
    for one in targets:
        assert json.loads(one["inputTransformer"]["inputTemplate"]).endswith("<what>: <why>")
