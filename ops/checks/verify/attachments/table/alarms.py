"""Attachments of alarms, EventBridge rules and SNS topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ops.checks.verify.attachments.outsiders import accounts_in, let_in
from ops.checks.verify.attachments.resources import account, own_account, rules, topics
from ops.checks.verify.attachments.row import (
    Checked,
    Nothing,
    Read,
    Resource,
    Row,
    Unread,
    always,
    asked,
    described,
    listed,
)
from ops.core.aws_state import AwsState, Item
from ops.core.resources.alarms import stack_alarms

_ACCOUNT_POLICIES = ("SUBSCRIPTION_FILTER_POLICY", "TRANSFORMER_POLICY")
_RUNNING = ("PENDING", "PENDING_CANCEL", "RUNNING")


def _alarms(aws: AwsState) -> Iterator[Resource]:
    for one in stack_alarms(aws):
        yield Resource(one["AlarmName"], {}, one)


def _actions(aws: AwsState, alarm: Resource) -> Iterator[str]:
    """What an alarm starts, without the topics of its alarm actions, which alarms-wired compares."""
    for member in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for arn in alarm.item.get(member, []):
            if member != "AlarmActions" or ":sns:" not in arn:
                yield arn


def _action(aws: AwsState, _: Resource, arn: str) -> str | None:
    known = {one.params["TopicArn"] for one in topics(aws)}
    return None if arn in known else f"also starts {arn}"


def _target(aws: AwsState, _: Resource, item: Item) -> str | None:
    names, arn = aws.names, str(item["Arn"])
    known = {one.params["TopicArn"] for one in topics(aws)}
    ours = (f"arn:aws:lambda:{names.region}:{names.account_id}:function:{names.part('')}",)
    if arn in known or arn.startswith(ours) or arn == _run_command(aws):
        return None
    return f"also sends its events to {arn}"


def _run_command(aws: AwsState) -> str | None:
    """The target of a host stack's rule, which fetches changed parameters again."""
    names = aws.names
    return names.document_arn(names.update_document) if aws.settings.host else None


def _bus(aws: AwsState, _: Resource, text: str) -> str | None:
    problem = let_in(aws, text)
    return f"the policy of the default event bus {problem}" if problem else None


def _elsewhere(aws: AwsState, _: Resource) -> Iterator[Item]:
    """The targets of every rule of the default event bus that belong to other accounts."""
    for rule in aws.list("events", "list_rules", "Rules"):
        for target in aws.list("events", "list_targets_by_rule", "Targets", Rule=rule["Name"]):
            if accounts_in(target["Arn"]) - {aws.settings.account_id}:
                yield {"Rule": rule["Name"], **target}


def _archived(aws: AwsState, _: Resource, item: Item) -> str | None:
    return f"the archive {item['ArchiveName']} keeps every event of {item['EventSourceArn']}"


def _topic(aws: AwsState, _: Resource, text: str) -> str | None:
    problem = let_in(aws, text)
    return f"its policy {problem}" if problem else None


def _subscribed(aws: AwsState, _: Resource, item: Item) -> str | None:
    protocol, endpoint = item["Protocol"], item["Endpoint"]
    if (protocol, endpoint) == ("email", aws.settings.monitoring.email):
        return None
    return f"its messages are also sent to {endpoint} ({protocol})"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        Read(
            "action",
            _alarms,
            _actions,
            _action,
            "run `pulumi up --refresh`",
        ),
        Read(
            "mute rule",
            account,
            listed("cloudwatch:ListAlarmMuteRules", "AlarmMuteRuleSummaries"),
            always("the rule {AlarmMuteRuleArn} mutes alarms"),
            "delete it with `aws cloudwatch delete-alarm-mute-rule`",
        ),
        Read(
            "metric stream",
            own_account,
            listed("cloudwatch:ListMetricStreams", "Entries"),
            always("the metric stream {Name} sends metrics to {FirehoseArn}"),
            "delete it with `aws cloudwatch delete-metric-stream`",
        ),
        Checked("last alarm of a required kind missing", "alarms-present"),
        Checked("disabled alarm", "alarms-wired"),
        Unread("threshold or metric", "the nightly preview with a refresh compares them with the stack file"),
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": (Checked("other rule or action", "alarms-wired"),),
    "aws:cloudwatch/eventRule:EventRule": (
        Read(
            "target",
            rules,
            listed("events:ListTargetsByRule", "Targets"),
            _target,
            "remove it with `aws events remove-targets`",
        ),
        Read(
            "policy of the event bus",
            account,
            asked("events:DescribeEventBus", "Policy"),
            _bus,
            "remove the statement with `aws events remove-permission`",
        ),
        Read(
            "rule for another account",
            account,
            _elsewhere,
            always("the rule {Rule} sends events to {Arn}, of another account"),
            "remove the target with `aws events remove-targets`",
        ),
        Read(
            "archive",
            own_account,
            listed("events:ListArchives", "Archives"),
            _archived,
            "delete it with `aws events delete-archive`",
        ),
        Checked("disabled rule", "alarms-wired"),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": (
        Nothing("it is attached to the rule, whose targets are read"),
    ),
    "aws:cloudwatch/dashboard:Dashboard": (
        Unread("public link", "no call lists shared dashboards; the role of a link is listed by its trust"),
    ),
    "aws:sns/topic:Topic": (
        Read(
            "policy",
            topics,
            described("Policy"),
            _topic,
            "run `pulumi up --refresh`",
        ),
        Read(
            "subscription",
            topics,
            listed("sns:ListSubscriptionsByTopic", "Subscriptions"),
            _subscribed,
            "remove it with `aws sns unsubscribe`, or declare it as monitoring.email",
        ),
        Checked("key", "alarms-delivered"),
    ),
    "aws:sns/topicPolicy:TopicPolicy": (Nothing("it is a part of the topic"),),
    "aws:sns/topicSubscription:TopicSubscription": (Checked("missing subscription", "alarms-heard"),),
}
