"""Tests of the rotation's alarms: failed rotations, its functions, and the rule that invokes them."""

from __future__ import annotations

import pytest

from tests.components.monitoring.monitored import NAMES, TOPICS, alarm, monitoring
from tests.harness import Deployment


@pytest.fixture(scope="module")
def rotating() -> Deployment:
    functions = {what: NAMES.part(what) for what in ("rotate", "redeploy-readers")}
    return monitoring(functions=functions, rules=["database-url-rotated"])


def test_a_failed_rotation_is_heard(rotating: Deployment) -> None:
    rule = rotating.named("monitoring-S6-rotation-failed", "EventRule")
    assert rule.document("eventPattern") == {
        "source": ["aws.secretsmanager"],
        "detail-type": ["AWS Service Event via CloudTrail"],
        "detail": {"eventName": ["RotationFailed", "RotationAbandoned", "TestRotationFailed"]},
    }
    for function in ("rotate", "redeploy-readers"):
        found = alarm(rotating, f"S6-function-{function}")
        assert (found["namespace"], found["metricName"]) == ("AWS/Lambda", "Errors")
        assert found["dimensions"] == {"FunctionName": f"aiponge-{function}"}
        assert (found["statistic"], found["period"], found["threshold"]) == ("Sum", 300, 1)
        assert found["comparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert found["alarmActions"] == [TOPICS["critical"]]


def test_a_rule_that_cannot_call_its_function_is_reported(rotating: Deployment) -> None:
    found = alarm(rotating, "S16-failed-database-url-rotated")
    assert found["dimensions"] == {"RuleName": "aiponge-database-url-rotated"}
