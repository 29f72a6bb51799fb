"""Checks the trails of shipped stacks: metric filters and alarms, and none for the stack's own readers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.monitoring.alarms.trail import NAMESPACE
from tests.components.monitoring.filter_patterns import LONGEST, matches
from tests.composition.test_alarms import series
from tests.harness import Deployment, Registered
from tests.program import STACKS, shipped

ROWS = {f"C{number}" for number in range(1, 16)}
ROWS |= {"S1", "S2", "S3", "S4", "S5", "S17", "S18", "S19", "S20", "S21"}
DECRYPTING = {"requestParameters": {"withDecryption": True}}
READS: dict[str, dict[str, Any]] = {
    "prod": {"eventName": "GetSecretValue", "eventSource": "secretsmanager.amazonaws.com"},
    "cinematch-production": {
        "eventName": "GetParameters",
        "eventSource": "ssm.amazonaws.com",
        **DECRYPTING,
    },
}
READERS = [
    *(("prod", f"aiponge-{role}") for role in ("exec-user", "task-user", "rotate", "pulumi-up")),
    *(("cinematch-production", f"cinematch-{role}") for role in ("ec2-role", "deploy", "pulumi-up")),
]


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> Deployment:
    """A whole shipped stack."""
    return shipped(request.param)


def filters(deployment: Deployment) -> list[Registered]:
    """The filters that count in the trail."""
    found = deployment.all("LogMetricFilter")
    return [one for one in found if one["metricTransformation"]["namespace"] == NAMESPACE]


def is_news(stack: str, role: str) -> bool:
    """Whether a read of a secret by ``role``, and its decryption, count as unexpected."""
    who = {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"userName": role}}}
    read = matches(pattern(stack, "SecretReadUnexpected"), json.dumps({**READS[stack], "userIdentity": who}))
    key = shipped(stack).named("keys-secrets", "aws:kms/key:Key")
    decryption = {
        "eventName": "Decrypt",
        "eventSource": "kms.amazonaws.com",
        "resources": [{"type": "AWS::KMS::Key", "ARN": key.arn}],
        "userIdentity": who,
    }
    decrypted = matches(pattern(stack, "KmsDecryptUnexpected"), json.dumps(decryption))
    assert read == decrypted
    return read


def pattern(stack: str, metric: str) -> str:
    """The filter pattern of one metric of a shipped stack."""
    (found,) = (
        one["pattern"] for one in filters(shipped(stack)) if one["metricTransformation"]["name"] == metric
    )
    return found


def test_every_row_has_one_alarm(stack: Deployment) -> None:
    alarms = [one for one in stack.all("MetricAlarm") if series(one)[0]["namespace"] == NAMESPACE]
    assert {one["name"].split("-")[1] for one in alarms} == ROWS
    assert len(alarms) == len(ROWS)


def test_every_pattern_is_of_the_trails_log_and_short_enough(stack: Deployment) -> None:
    tampered = [one for one in filters(stack) if one["metricTransformation"]["name"] == "SecretTamper"]
    assert len(tampered) == 6
    assert len(filters(stack)) - len(tampered) + 1 == len(ROWS)
    assert {one["logGroupName"] for one in filters(stack)} == {stack.named("audit-trail", "LogGroup")["name"]}
    assert max(len(one["pattern"]) for one in filters(stack)) <= LONGEST


@pytest.mark.parametrize(("name", "role"), READERS)
def test_a_role_that_reads_secrets_is_no_news(name: str, role: str) -> None:
    assert not is_news(name, role)


@pytest.mark.parametrize("name", READS)
def test_any_other_role_that_reads_a_secret_is_news(name: str) -> None:
    assert is_news(name, "somebody")
