"""Tests of the trail's alarms: the CIS events and unexpected reads of secrets, not the stack's updates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.monitoring import TrailLog
from components.monitoring.alarms.trail import NAMESPACE
from settings.schema.aws_limits import METRIC_FILTERS
from tests.components.monitoring.filter_patterns import LONGEST, matches
from tests.components.monitoring.monitored import NAMES, TOPICS, monitoring
from tests.components.monitoring.trail.records import SECRETS_KEY
from tests.harness import Deployment

CRITICAL = {"C2", "C3", "C5", "C7", "S1", "S2", "S4", "S5", "S14", "S17", "S19", "S21"}
THRESHOLDS = {"C6": 3, "S2": 3}
FASTER = dict.fromkeys(("S1", "S4", "S5", "S17", "S18", "S19", "S20", "S21"), 60)
LEARNED = "S3"
"""The one alarm with an anomaly band, which has no fixed threshold."""
ROWS = {f"C{number}" for number in range(1, 16)}
ROWS |= {"S1", "S2", "S4", "S5", "S17", "S18", "S19", "S20", "S21"}


def session(role: str) -> dict[str, Any]:
    issuer = {"userName": role, "arn": f"arn:aws:iam::111122223333:role/{role}"}
    return {"type": "AssumedRole", "sessionContext": {"sessionIssuer": issuer}}


def linked(role: str) -> dict[str, Any]:
    """A session of a role that only a service of AWS can assume."""
    issuer = {
        "userName": role,
        "arn": f"arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/{role}",
    }
    return {
        "type": "AssumedRole",
        "sessionContext": {"sessionIssuer": issuer},
        "invokedBy": "x.amazonaws.com",
    }


ANALYZER, RECORDER = linked("AWSServiceRoleForAccessAnalyzer"), session("aiponge-config")
IMPOSTOR = session("AWSServiceRoleForAccessAnalyzer")
SOMEBODY, UPDATE, USER = session("somebody"), session("aiponge-pulumi-up"), {"type": "IAMUser"}
ROOT_USER = {"type": "Root"}


def event(name: str, service: str = "iam", who: Any = SOMEBODY, **more: Any) -> dict[str, Any]:
    return {"eventName": name, "eventSource": f"{service}.amazonaws.com", "userIdentity": who, **more}


def sign_in(**more: Any) -> dict[str, Any]:
    return event("ConsoleLogin", "signin", USER, **more)


CHANGES = {
    "C4": ("PutRolePolicy", "iam"),
    "C5": ("StopLogging", "cloudtrail"),
    "C8": ("PutBucketPolicy", "s3"),
    "C9": ("StopConfigurationRecorder", "config"),
    "C10": ("AuthorizeSecurityGroupIngress", "ec2"),
    "C11": ("CreateNetworkAclEntry", "ec2"),
    "C12": ("AttachInternetGateway", "ec2"),
    "C13": ("CreateRoute", "ec2"),
    "C14": ("CreateVpc", "ec2"),
}
READ = event("GetSecretValue", "secretsmanager")
DENIED = {"errorCode": "AccessDeniedException"}
HEARD: list[tuple[str, dict[str, Any]]] = [
    ("C1", event("RunInstances", "ec2", errorCode="Client.UnauthorizedOperation")),
    ("C1", event("GetObject", "s3", errorCode="AccessDenied")),
    ("C2", sign_in(additionalEventData={"MFAUsed": "No"}, responseElements={"ConsoleLogin": "Success"})),
    ("C3", event("CreateUser", "iam", ROOT_USER, eventType="AwsApiCall")),
    ("C6", sign_in(errorMessage="Failed authentication")),
    ("C7", event("ScheduleKeyDeletion", "kms", UPDATE)),
    ("C15", event("LeaveOrganization", "organizations")),
    *((row, event(*call)) for row, call in CHANGES.items()),
    *((row, event(*call, who=USER)) for row, call in CHANGES.items()),
    ("S1", READ),
    ("S1", event("BatchGetSecretValue", "secretsmanager", USER)),
    ("S1", event("GetSecretValue", "secretsmanager", ROOT_USER)),
    ("S2", event("GetSecretValue", "secretsmanager", **DENIED)),
    ("S2", event("Decrypt", "kms", **DENIED)),
    ("S2", event("GetParameters", "ssm", **DENIED)),
    *(
        (row, event("GetResourcePolicy", "secretsmanager", who, **DENIED))
        for row in ("C1", "S2")
        for who in (USER, IMPOSTOR)
    ),
    ("S5", event("DeleteSecret", "secretsmanager", UPDATE)),
    ("S17", event("CreateAccessKey", "iam", UPDATE)),
]
UNHEARD: list[tuple[str, dict[str, Any]]] = [
    ("C1", event("GetObject", "s3")),
    ("C2", sign_in(additionalEventData={"MFAUsed": "Yes"}, responseElements={"ConsoleLogin": "Success"})),
    ("C3", event("Decrypt", "kms", {**ROOT_USER, "invokedBy": "AWS Internal"}, eventType="AwsApiCall")),
    ("C6", sign_in(responseElements={"ConsoleLogin": "Success"})),
    ("C7", event("Decrypt", "kms")),
    *((row, event(*call, who=UPDATE)) for row, call in CHANGES.items()),
    ("S1", event("GetSecretValue", "secretsmanager", session("aiponge-exec-user"))),
    ("S1", event("GetSecretValue", "secretsmanager", session("aiponge-task-user"))),
    ("S1", event("GetSecretValue", "secretsmanager", session("aiponge-rotate"))),
    ("S1", event("GetSecretValue", "secretsmanager", UPDATE)),
    ("S1", event("DescribeSecret", "secretsmanager")),
    ("S2", READ),
    *(
        (row, event("GetKeyPolicy", "kms", who, **DENIED))
        for row in ("C1", "S2")
        for who in (ANALYZER, RECORDER)
    ),
    ("S5", READ),
    ("S17", event("CreateRole")),
]


READERS = ("aiponge-exec-*", "aiponge-task-*", "aiponge-rotate", "aiponge-pulumi-up")


def trailed(store: str = "secretsmanager", readers: tuple[str, ...] = READERS) -> Deployment:
    """The trail of a stack, with the roles that may read its secrets."""
    group = NAMES.log_group("trail")
    trail = TrailLog(
        log_group_name=group, readers=readers, store=store, secrets_key_arn=SECRETS_KEY, detector=True
    )
    return monitoring(trail=trail)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return trailed()


def pattern(deployment: Deployment, row: str) -> str:
    """The filter pattern of the metric of one alarm."""
    (alarm,) = (one for one in deployment.all("MetricAlarm") if one["name"].split("-")[1] == row)
    assert alarm["namespace"] == NAMESPACE
    return pattern_of(deployment, alarm["metricName"])


def pattern_of(deployment: Deployment, metric: str) -> str:
    """The first filter pattern of one metric."""
    return patterns_of(deployment, metric)[0]


def patterns_of(deployment: Deployment, metric: str) -> list[str]:
    """The filter patterns of one metric, in the order of their names."""
    found = [
        one
        for one in deployment.all("LogMetricFilter")
        if one["metricTransformation"]["name"] == metric
        and one["metricTransformation"]["namespace"] == NAMESPACE
    ]
    return [one["pattern"] for one in sorted(found, key=lambda one: one.name)]


def proved(cases: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    rows = {"C2": ("B38",), "C3": ("B38",), "S17": ("B41",)}
    return [
        pytest.param(row, one, marks=[pytest.mark.accepts(*rows[row])] if row in rows else [])
        for row, one in cases
    ]


@pytest.mark.parametrize(("row", "line"), proved(HEARD))
def test_a_call_is_heard(prod: Deployment, row: str, line: dict[str, Any]) -> None:
    assert matches(pattern(prod, row), json.dumps(line))


@pytest.mark.parametrize(("row", "line"), UNHEARD)
def test_what_is_no_news_is_not_heard(prod: Deployment, row: str, line: dict[str, Any]) -> None:
    assert not matches(pattern(prod, row), json.dumps(line))


def test_every_row_has_one_alarm_as_loud_as_it_is_bad(prod: Deployment) -> None:
    alarms = {
        one["name"].split("-")[1]: one
        for one in prod.all("MetricAlarm")
        if one.inputs.get("namespace") == NAMESPACE
    }
    assert set(alarms) == ROWS
    for row, alarm in alarms.items():
        told = [TOPICS["critical" if row in CRITICAL else "warning"]]
        assert alarm["alarmActions"] == alarm["okActions"] == told, row
        assert alarm["threshold"] == THRESHOLDS.get(row, 1), row
        assert alarm["period"] == FASTER.get(row, 300), row
        assert alarm["evaluationPeriods"] == alarm["datapointsToAlarm"] == 1, row
        assert alarm["statistic"] == "Sum"


def test_every_pattern_is_of_the_trails_log_and_short_enough(prod: Deployment) -> None:
    filters = prod.all("LogMetricFilter")
    of_attachments = len(patterns_of(prod, "SecretTamper")) - 1
    assert of_attachments == 5
    assert len(filters) == len(ROWS | {LEARNED}) + of_attachments <= METRIC_FILTERS.value
    assert {one["logGroupName"] for one in filters} == {"/aiponge/prod/trail"}
    assert max(len(one["pattern"]) for one in filters) <= LONGEST


def test_a_host_reads_parameters_and_nobody_else_does_unheard() -> None:
    found = pattern(trailed("ssm", ("aiponge-ec2-role", "aiponge-pulumi-up")), "S1")
    decrypting = {"requestParameters": {"withDecryption": True}}
    assert matches(found, json.dumps(event("GetParametersByPath", "ssm", **decrypting)))
    assert not matches(
        found, json.dumps(event("GetParameters", "ssm", session("aiponge-ec2-role"), **decrypting))
    )
    plain = {"requestParameters": {"withDecryption": False}}
    assert not matches(found, json.dumps(event("GetParameters", "ssm", **plain)))


@pytest.mark.accepts("B35")
def test_a_trail_that_falls_silent_wakes_somebody(prod: Deployment) -> None:
    alarm = prod.named("monitoring-S14-trail-silent", "MetricAlarm")
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/Logs", "IncomingLogEvents")
    assert alarm["dimensions"] == {"LogGroupName": "/aiponge/prod/trail"}
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["statistic"], alarm["period"]) == ("Sum", 3600)
    assert alarm["treatMissingData"] == "breaching"
    assert alarm["alarmActions"] == [TOPICS["critical"]]


@pytest.mark.accepts("B59")
@pytest.mark.parametrize(
    ("rule", "numeric", "topic"),
    [("S13-finding", [">=", 4, "<", 7], "warning"), ("S13-grave-finding", [">=", 7], "critical")],
)
def test_what_guardduty_finds_is_told(prod: Deployment, rule: str, numeric: list[object], topic: str) -> None:
    found = prod.named(f"monitoring-{rule}", "EventRule")
    assert found["state"] == "ENABLED"
    assert found.document("eventPattern") == {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"severity": [{"numeric": numeric}]},
    }
    target = prod.named(f"monitoring-{rule}", "EventTarget")
    assert target["arn"] == TOPICS[topic]
