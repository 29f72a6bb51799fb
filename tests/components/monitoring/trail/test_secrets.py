"""Tests of the metrics on secrets: how often they are read, and who decrypts with their key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.monitoring.alarms.trail import NAMESPACE
from tests.components.monitoring.filter_patterns import matches
from tests.components.monitoring.monitored import TOPICS, alarm
from tests.components.monitoring.test_trail_alarms import pattern_of, trailed
from tests.components.monitoring.trail import records
from tests.components.monitoring.trail.records import (
    OTHER_KEY,
    SECRETS_KEY,
    decryption,
    parameter_read,
    secret_read,
    session,
)
from tests.harness import Deployment

VIA = "secretsmanager.amazonaws.com"


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return trailed()


@pytest.mark.parametrize(
    "who",
    [session("somebody", invoked_by=VIA), session("aiponge-deploy"), records.USER, records.ROOT],
    ids=["role", "other-role-of-the-application", "user", "root"],
)
def test_a_decryption_by_a_principal_that_reads_no_secret_is_counted(
    prod: Deployment, who: dict[str, Any]
) -> None:
    assert matches(pattern_of(prod, "KmsDecryptUnexpected"), json.dumps(decryption(who)))


@pytest.mark.parametrize(
    "role", ["aiponge-exec-user", "aiponge-task-user", "aiponge-rotate", "aiponge-pulumi-up"]
)
def test_a_decryption_by_a_reader_is_not_counted(prod: Deployment, role: str) -> None:
    line = json.dumps(decryption(session(role, invoked_by=VIA)))
    assert not matches(pattern_of(prod, "KmsDecryptUnexpected"), line)


@pytest.mark.parametrize(
    "event",
    [
        decryption(session("somebody"), OTHER_KEY),
        decryption(session("somebody"), call="DescribeKey"),
        decryption(records.AWS_SERVICE),
    ],
    ids=["another-key", "another-call", "a-service-for-itself"],
)
def test_other_uses_of_keys_are_not_counted(prod: Deployment, event: dict[str, Any]) -> None:
    assert not matches(pattern_of(prod, "KmsDecryptUnexpected"), json.dumps(event))


def test_the_pattern_names_the_key_of_the_stack(prod: Deployment) -> None:
    assert f'($.resources[0].ARN="{SECRETS_KEY}")' in pattern_of(prod, "KmsDecryptUnexpected")


def test_every_read_of_a_secret_is_counted_whoever_reads(prod: Deployment) -> None:
    found = pattern_of(prod, "SecretReads")
    for who in (session("aiponge-exec-user"), session("somebody"), records.USER):
        assert matches(found, json.dumps(secret_read(who)))
        assert matches(found, json.dumps(secret_read(who, "BatchGetSecretValue")))
    assert not matches(found, json.dumps(secret_read(records.USER, "DescribeSecret")))


def test_of_parameters_only_reads_with_decryption_are_counted() -> None:
    found = pattern_of(trailed("ssm", ("cinematch-ec2-role",)), "SecretReads")
    assert matches(found, json.dumps(parameter_read(session("cinematch-ec2-role"), decrypted=True)))
    assert not matches(found, json.dumps(parameter_read(session("cinematch-ec2-role"), decrypted=False)))


def test_the_number_of_reads_is_compared_with_what_is_usual(prod: Deployment) -> None:
    found = alarm(prod, "S3-secret-reads-unusual")
    watched, band = sorted(found["metricQueries"], key=lambda query: "expression" in query)
    assert (watched["metric"]["namespace"], watched["metric"]["metricName"]) == (NAMESPACE, "SecretReads")
    assert (watched["metric"]["stat"], watched["metric"]["period"]) == ("Sum", 300)
    assert band["expression"] == f"ANOMALY_DETECTION_BAND({watched['id']}, 3)"
    assert watched["returnData"] is band["returnData"] is True
    assert found["thresholdMetricId"] == band["id"]
    assert found["comparisonOperator"] == "GreaterThanUpperThreshold"
    assert (found["datapointsToAlarm"], found["evaluationPeriods"]) == (3, 3)
    assert found["treatMissingData"] == "notBreaching"
    assert found["alarmActions"] == found["okActions"] == [TOPICS["warning"]]
