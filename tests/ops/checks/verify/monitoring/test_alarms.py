"""Tests of the alarms' checks: each link from alarm to subscriber is broken once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ops.live import Live, Make, Undo

CRITICAL = "aiponge-alerts-critical"


def _topic(live: Live) -> str:
    return f"arn:aws:sns:{live.settings.region}:{live.settings.account_id}:{CRITICAL}"


def _alarm(live: Live, number: str) -> dict[str, Any]:
    listed = live.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"aiponge-{number}-")["MetricAlarms"]
    return listed[0]


def _put(live: Live, alarm: dict[str, Any], **changes: Any) -> None:
    taken = live.client("cloudwatch").meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    kept = {key: value for key, value in {**alarm, **changes}.items() if key in taken and value is not None}
    live.client("cloudwatch").put_metric_alarm(**kept)


def _changed(number: str, **changes: Any) -> Make:
    def make(live: Live) -> Undo:
        before = _alarm(live, number)
        _put(live, before, **changes)
        return lambda: _put(live, before)

    return make


def deleted(live: Live) -> Undo:
    client = live.client("cloudwatch")
    gone = client.describe_alarms(AlarmNamePrefix="aiponge-AL3-")["MetricAlarms"]
    client.delete_alarms(AlarmNames=[one["AlarmName"] for one in gone])
    return lambda: [_put(live, one) for one in gone]


def _composed(**changes: Any) -> Make:
    """The composite alarm on server errors with other members."""

    def make(live: Live) -> Undo:
        client, name = live.client("cloudwatch"), "aiponge-AL14-server-errors"
        taken = client.meta.service_model.operation_model("PutCompositeAlarm").input_shape.members
        asked = {"AlarmNames": [name], "AlarmTypes": ["CompositeAlarm"]}
        (found,) = client.describe_alarms(**asked)["CompositeAlarms"]
        before = {key: value for key, value in found.items() if key in taken}
        client.put_composite_alarm(**{**before, **changes})
        return lambda: client.put_composite_alarm(**before)

    return make


def rule_disabled(live: Live) -> Undo:
    events, name = live.client("events"), "aiponge-AL9-task-cannot-start"
    events.disable_rule(Name=name)
    return lambda: events.enable_rule(Name=name)


def topic_shut(live: Live) -> Undo:
    sns, arn = live.client("sns"), _topic(live)
    before = sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
    policy = json.loads(before)
    policy["Statement"] = [one for one in policy["Statement"] if one.get("Sid") != "AlarmsOfThisAccount"]
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy))
    return lambda: sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=before)


def topic_under_the_key_of_aws(live: Live) -> Undo:
    sns, arn = live.client("sns"), _topic(live)
    before = sns.get_topic_attributes(TopicArn=arn)["Attributes"]["KmsMasterKeyId"]
    name = "KmsMasterKeyId"
    sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue="alias/aws/sns")
    return lambda: sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=before)


def _key_shut(sid: str) -> Make:
    def make(live: Live) -> Undo:
        kms = live.client("kms")
        key = kms.describe_key(KeyId="alias/aiponge-alerts")["KeyMetadata"]["KeyId"]
        before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        policy = json.loads(before)
        policy["Statement"] = [one for one in policy["Statement"] if one.get("Sid") != sid]
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
        return lambda: kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)

    return make


def nobody_listens(live: Live) -> Undo:
    sns, arn = live.client("sns"), _topic(live)
    listed = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    for one in listed:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    return lambda: [
        sns.subscribe(TopicArn=arn, Protocol=one["Protocol"], Endpoint=one["Endpoint"]) for one in listed
    ]


def _marks(*requirements: str) -> list[Any]:
    return [pytest.mark.accepts(*requirements)]


SLIPS = [
    pytest.param(deleted, "alarms-present", marks=_marks("A45")),
    pytest.param(_changed("AL1", ActionsEnabled=False), "alarms-wired", marks=_marks("A41", "A44"), id="off"),
    pytest.param(_changed("AL7", AlarmActions=[]), "alarms-wired", marks=_marks("A46"), id="tells_nobody"),
    pytest.param(
        _composed(AlarmActions=[]), "alarms-wired", marks=_marks("A46"), id="composite_tells_nobody"
    ),
    pytest.param(
        _composed(AlarmRule='ALARM("aiponge-AL15-error-ratio")'),
        "alarms-wired",
        marks=_marks("A46"),
        id="left_out_of_its_composite",
    ),
    pytest.param(_composed(ActionsEnabled=False), "alarms-wired", marks=_marks("A46"), id="composite_is_off"),
    pytest.param(
        _changed("AL3", AlarmActions=["arn:aws:sns:eu-west-1:222233334444:gone"]),
        "alarms-wired",
        marks=_marks("A45"),
        id="topic_that_is_gone",
    ),
    pytest.param(rule_disabled, "alarms-wired", marks=_marks("A46")),
    pytest.param(topic_shut, "alarms-delivered", marks=_marks("A41")),
    pytest.param(
        _key_shut("PublishAlerts"),
        "alarms-delivered",
        marks=[*_marks("A41", "A44"), pytest.mark.failure(24)],
        id="key_shut_for_alarms",
    ),
    pytest.param(
        _key_shut("PublishEvents"), "alarms-delivered", marks=_marks("A46"), id="key_shut_for_events"
    ),
    pytest.param(topic_under_the_key_of_aws, "alarms-delivered", marks=_marks("A41")),
    pytest.param(nobody_listens, "alarms-heard", marks=_marks("A41")),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_broken_link_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}


@pytest.mark.failure(24)
def test_a_key_that_lets_no_alarm_through_is_shown_with_the_way_to_it(live: Live) -> None:
    found = live.findings_of(_key_shut("PublishAlerts"))
    subject = next(one.subject for one in found if "critical" in one.subject)
    assert subject.endswith(f" -> topic {CRITICAL} -> key alias/aiponge-alerts")
    assert {one.problem for one in found} == {
        "the key policy does not allow cloudwatch.amazonaws.com to encrypt"
    }
