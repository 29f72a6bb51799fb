"""Composite alarms: what their rule names must exist, and stays while they name it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def client(session: boto3.Session) -> Any:
    made = session.client("cloudwatch")
    for name in ("slow", "down"):
        made.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/ECS",
            MetricName="CPUUtilization",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Period=60,
            Statistic="Average",
            Threshold=80,
        )
    return made


def compose(client: Any, rule: str = 'ALARM("slow")', suppressor: str = "down") -> None:
    client.put_composite_alarm(
        AlarmName="composite",
        AlarmRule=rule,
        ActionsSuppressor=suppressor,
        ActionsSuppressorWaitPeriod=180,
        ActionsSuppressorExtensionPeriod=300,
    )


def test_a_composite_alarm_keeps_its_rule_and_its_suppressor(client: Any) -> None:
    compose(client)
    (found,) = client.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert (found["AlarmRule"], found["ActionsSuppressor"]) == ('ALARM("slow")', "down")
    assert (found["ActionsSuppressorWaitPeriod"], found["ActionsSuppressorExtensionPeriod"]) == (180, 300)


def test_a_description_without_types_has_metric_alarms_only(client: Any) -> None:
    compose(client)
    found = client.describe_alarms()
    assert [one["AlarmName"] for one in found["MetricAlarms"]] == ["slow", "down"]
    assert found["CompositeAlarms"] == []


@pytest.mark.parametrize("given", [{"rule": 'ALARM("gone")'}, {"suppressor": "gone"}])
def test_a_composite_alarm_of_an_alarm_that_does_not_exist_is_refused(
    client: Any, given: dict[str, str]
) -> None:
    with pytest.raises(ClientError, match="no alarm gone"):
        compose(client, **given)
    assert client.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"] == []


@pytest.mark.parametrize("name", ["slow", "down"])
def test_an_alarm_that_a_composite_alarm_names_is_not_deleted_before_it(client: Any, name: str) -> None:
    compose(client)
    with pytest.raises(ClientError, match=f"Cannot delete {name} as there are composite alarm"):
        client.delete_alarms(AlarmNames=[name])
    client.delete_alarms(AlarmNames=["composite"])
    client.delete_alarms(AlarmNames=[name])
    assert len(client.describe_alarms()["MetricAlarms"]) == 1
