"""Logs, alarms, topics, queues, events."""

import json

from rules.aws.cloudwatch_and_eventbridge import CIS_ALARMS, CIS_NAMESPACE
from rules.lib.resource_types import (
    COMPOSITE_ALARM,
    EVENT_BUS,
    EVENT_BUS_POLICY,
    EVENT_TARGET,
    LOG_GROUP,
    METRIC_ALARM,
    QUEUE,
    QUEUE_POLICY,
    SCHEDULE,
    TOPIC,
    TOPIC_POLICY,
    TOPIC_SUBSCRIPTION,
)
from rules.pack.config import Configuration

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.cases.iam import document
from tests.policies.judge import UNKNOWN, Entry

ACCOUNT = "111122223333"


def policy(**statement: object) -> str:
    """A policy that demands TLS and allows one thing."""
    plain_http = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps(
        {
            "Statement": [
                plain_http,
                {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", **statement},
            ]
        }
    )


CLOUDWATCH = policy(Principal={"Service": "cloudwatch.amazonaws.com"})
COMPLIANT = {
    QUEUE: {"kmsMasterKeyId": "arn:key"},
    QUEUE_POLICY: {
        "queueUrl": "u",
        "policy": policy(Action="sqs:SendMessage", Principal={"Service": "events.amazonaws.com"}),
    },
    SCHEDULE: {"kmsKeyArn": "arn:key"},
}
OURS = Configuration(account_id=ACCOUNT)
SLIPS = [
    slip("logs-retention", LOG_GROUP, retentionInDays=None),
    slip("logs-retention", LOG_GROUP, retentionInDays=0),
    slip("logs-retention-1y", LOG_GROUP, retentionInDays=364),
    slip("logs-cmk", LOG_GROUP, kmsKeyId=None),
    slip("sns-encrypted sns-cmk", TOPIC, kmsMasterKeyId=None),
    slip("sns-cmk", TOPIC, kmsMasterKeyId="alias/aws/sns"),
    slip("sns-policy-not-public sns-no-cross-account", TOPIC_POLICY, policy=policy(Principal="*")),
    fine(
        TOPIC_POLICY, policy=policy(Principal="*", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})
    ),
    slip(
        "sns-no-cross-account own-secret-env-name",
        TOPIC_POLICY,
        OURS,
        policy=policy(Principal={"AWS": "arn:aws:iam::999999999999:root"}),
    ),
    fine(TOPIC_POLICY, OURS, policy=policy(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    slip(
        "sns-tls-only",
        TOPIC_POLICY,
        policy=document({"Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}),
    ),
    slip("sqs-encrypted sqs-cmk", QUEUE, kmsMasterKeyId=None),
    slip("sqs-cmk", QUEUE, kmsMasterKeyId=None, sqsManagedSseEnabled=True),
    slip(
        "sqs-policy-not-public", QUEUE_POLICY, policy=policy(Action="sqs:SendMessage", Principal={"AWS": "*"})
    ),
    slip(
        "sqs-policy-no-wildcard sqs-policy-not-public",
        QUEUE_POLICY,
        policy=policy(Action="sqs:SendMessage", Principal={"AWS": "arn:aws:iam::*:root"}),
    ),
    slip(
        "sqs-policy-no-star",
        QUEUE_POLICY,
        policy=policy(Action="sqs:*", Principal={"Service": "events.amazonaws.com"}),
    ),
    slip(
        "sqs-tls-only",
        QUEUE_POLICY,
        policy=document({"Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}),
    ),
    slip("event-target-dlq", EVENT_TARGET, deadLetterConfig=None),
    slip("scheduler-cmk", SCHEDULE, kmsKeyArn=None),
]

_CIS = {
    f"cis-{number}": Entry(
        METRIC_ALARM,
        {"namespace": CIS_NAMESPACE, "metricName": f"metric-{number}", "alarmActions": ["arn:topic"]},
        {"alarmActions": ("topic",)},
    )
    for number in range(CIS_ALARMS)
}
_BUS_POLICY = Entry(EVENT_BUS_POLICY, {"policy": CLOUDWATCH}, {"eventBusName": ("bus",)})
_ALARM = Entry(METRIC_ALARM, {"alarmActions": ["arn:topic"]}, {"alarmActions": ("topic",)})
_SILENT = Entry(METRIC_ALARM, {})
_COMPOSITE = Entry(
    COMPOSITE_ALARM,
    {"alarmActions": ["arn:topic"]},
    {"alarmActions": ("topic",), "alarmRule": ("grouped",)},
)
STACKS = {
    "buses": {"bus": Entry(EVENT_BUS, {"name": "b"}), "bus-policy": _BUS_POLICY},
    "alarms": {
        "topic": Entry(TOPIC, {}, {}),
        "subscription": Entry(TOPIC_SUBSCRIPTION, {}, {"topic": ("topic",)}),
        "alone": _ALARM,
        "grouped": _SILENT,
        "composite": _COMPOSITE,
    },
}
_WITHOUT_RULE = _COMPOSITE.but(needs={"alarmRule": ()})
STACK_SLIPS = [
    stack_slip("alarm-actions own-alarm-wired", "alarms", {"alone": _SILENT}),
    stack_slip(
        "alarm-actions own-alarm-wired", "alarms", {"alone": Entry(METRIC_ALARM, {"alarmActions": []})}
    ),
    stack_slip("alarm-actions", "alarms", {"alone": _ALARM.but(actionsEnabled=False)}),
    stack_slip("alarm-actions", "alarms", {"grouped": _SILENT.but(actionsEnabled=False)}),
    stack_slip("alarm-actions own-alarm-wired", "alarms", {"composite": None}),
    stack_slip("alarm-actions own-alarm-wired", "alarms", {"composite": _WITHOUT_RULE}),
    stack_slip(
        "alarm-actions own-alarm-wired", "alarms", {"composite": _COMPOSITE.but(actionsEnabled=False)}
    ),
    stack_slip(
        "alarm-actions own-alarm-wired",
        "alarms",
        {"composite": Entry(COMPOSITE_ALARM, {}, {"alarmRule": ("grouped",)})},
    ),
    stack_slip(
        "own-alarm-wired",
        "alarms",
        {"composite": _COMPOSITE.but(alarmActions=["arn:other"], needs={"alarmActions": ()})},
    ),
    stack_slip("own-alarm-wired", "alarms", {"subscription": None}),
    stack_slip("", "alarms", {"alone": _ALARM.but(alarmActions=UNKNOWN)}),
    stack_slip("", "alarms", {"composite": _COMPOSITE.but(alarmActions=UNKNOWN)}),
    stack_slip("event-bus-policy", "buses", {"bus-policy": None}),
    stack_slip("event-bus-policy", "buses", {"bus-policy": _BUS_POLICY.but(policy=policy(Principal="*"))}),
]
