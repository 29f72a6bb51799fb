"""Changes by hand to log groups, alarms, rules and topics."""

from __future__ import annotations

from tests.ops.checks.verify.attachments.plants.plant import (
    STRANGER,
    Plant,
    added,
    allowing,
    answered,
    made,
    policy,
)
from tests.ops.live import Live, Undo

GROUP, ALARM, RULE, TOPIC = (
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:sns/topic:Topic",
)
USER_LOG = "/aiponge/staging/user"
ELSEWHERE = f"arn:aws:firehose:eu-west-1:{STRANGER}:deliverystream/x"
CRITICAL = "arn:aws:sns:eu-west-1:222233334444:aiponge-alerts-critical"


def _function(live: Live) -> str:
    found = live.sandbox.client("lambda").get_function(FunctionName="aiponge-rotate")
    return found["Configuration"]["FunctionArn"]


def _export(live: Live) -> Undo:
    tasks = live.backend("logs").export_tasks
    live.sandbox.client("s3").create_bucket(
        Bucket="elsewhere-by-hand", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    given = {"logGroupName": USER_LOG, "fromTime": 1, "to": 2, "destination": "elsewhere-by-hand"}
    id_ = live.client("logs").create_export_task(**given)["taskId"]
    tasks[id_].status = {"code": "RUNNING", "message": ""}  # moto completes it at once
    return lambda: tasks.pop(id_)


def _action(live: Live) -> Undo:
    alarms = live.backend("cloudwatch").alarms
    alarm = next(one for name, one in alarms.items() if name.startswith("aiponge-AL3"))
    before, alarm.ok_actions = alarm.ok_actions, [f"arn:aws:lambda:eu-west-1:{STRANGER}:function:x"]
    return lambda: setattr(alarm, "ok_actions", before)


def _target(live: Live) -> Undo:
    client = live.client("events")
    rule = client.list_rules(NamePrefix="aiponge-")["Rules"][0]["Name"]
    client.put_targets(Rule=rule, Targets=[{"Id": "by-hand", "Arn": "arn:aws:sqs:eu-west-1:222233334444:x"}])
    return lambda: client.remove_targets(Rule=rule, Ids=["by-hand"])


def _other_account(live: Live) -> Undo:
    client = live.client("events")
    client.put_rule(Name="by-hand", EventPattern='{"source": ["aws.secretsmanager"]}')
    bus = f"arn:aws:events:eu-west-1:{STRANGER}:event-bus/default"
    client.put_targets(Rule="by-hand", Targets=[{"Id": "by-hand", "Arn": bus}])

    def undo() -> None:
        client.remove_targets(Rule="by-hand", Ids=["by-hand"])
        client.delete_rule(Name="by-hand")

    return undo


def _bus(live: Live) -> str:
    return live.sandbox.client("events").describe_event_bus()["Arn"]


def _topic_policy(live: Live) -> Undo:
    client = live.client("sns")
    before = client.get_topic_attributes(TopicArn=CRITICAL)["Attributes"]["Policy"]
    given = {"TopicArn": CRITICAL, "AttributeName": "Policy"}
    after = added(before, allowing("sns:Subscribe", CRITICAL))
    client.set_topic_attributes(**given, AttributeValue=after)
    return lambda: client.set_topic_attributes(**given, AttributeValue=before)


def _link(live: Live) -> Undo:
    client = live.client("oam")
    made_ = client.create_link(
        LabelTemplate="by-hand",
        ResourceTypes=["AWS::Logs::LogGroup"],
        SinkIdentifier=f"arn:aws:oam:eu-west-1:{STRANGER}:sink/x",
    )
    return lambda: client.delete_link(Identifier=made_["Id"])


def _query(live: Live) -> Undo:
    client = live.client("logs")
    client.create_scheduled_query(
        name="by-hand",
        queryLanguage="CWLI",
        queryString="fields @message",
        logGroupIdentifiers=[USER_LOG],
        scheduleExpression="cron(0 * * * ? *)",
        executionRoleArn="arn:aws:iam::222233334444:role/by-hand",
    )
    return lambda: client.delete_scheduled_query(identifier="by-hand")


def _muted(live: Live) -> Undo:
    client = live.client("cloudwatch")
    schedule = {"Expression": "cron(0 0 * * *)", "Duration": "PT24H"}
    client.put_alarm_mute_rule(Name="by-hand", Rule={"Schedule": schedule})
    return lambda: client.delete_alarm_mute_rule(AlarmMuteRuleName="by-hand")


PLANTS = (
    Plant(
        GROUP,
        "subscription filter",
        made(
            "logs",
            "put_subscription_filter",
            "delete_subscription_filter",
            "logGroupName",
            "filterName",
            logGroupName=USER_LOG,
            filterName="by-hand",
            filterPattern="",
            destinationArn=_function,
        ),
        "its lines are sent to arn:aws:lambda",
    ),
    Plant(
        GROUP,
        "account policy",
        made(
            "logs",
            "put_account_policy",
            "delete_account_policy",
            "policyName",
            "policyType",
            policyName="by-hand",
            policyType="SUBSCRIPTION_FILTER_POLICY",
            policyDocument="{}",
            scope="ALL",
        ),
        "the policy by-hand of CloudWatch Logs applies to every log group",
    ),
    Plant(
        GROUP,
        "resource policy",
        made(
            "logs",
            "put_resource_policy",
            "delete_resource_policy",
            "policyName",
            policyName="by-hand",
            policyDocument=policy(allowing("logs:PutSubscriptionFilter")),
        ),
        "the resource policy by-hand of CloudWatch Logs lets",
    ),
    Plant(GROUP, "export", _export, f"exports {USER_LOG} to the bucket elsewhere-by-hand"),
    Plant(
        GROUP,
        "link to a monitoring account",
        _link,
        f"with arn:aws:oam:eu-west-1:{STRANGER}:sink/x",
    ),
    Plant(
        GROUP,
        "scheduled query",
        _query,
        "the scheduled query by-hand stores results",
    ),
    Plant(ALARM, "action", _action, f"also starts arn:aws:lambda:eu-west-1:{STRANGER}:function:x"),
    Plant(
        ALARM,
        "mute rule",
        _muted,
        "alarm-mute-rule:by-hand mutes alarms",
    ),
    Plant(
        ALARM,
        "metric stream",
        made(
            "cloudwatch",
            "put_metric_stream",
            "delete_metric_stream",
            "Name",
            Name="by-hand",
            FirehoseArn=ELSEWHERE,
            RoleArn="arn:aws:iam::222233334444:role/by-hand",
            OutputFormat="json",
        ),
        f"the metric stream by-hand sends metrics to {ELSEWHERE}",
    ),
    Plant(RULE, "target", _target, "also sends its events to arn:aws:sqs:eu-west-1:222233334444:x"),
    Plant(
        RULE,
        "policy of the event bus",
        made(
            "events",
            "put_permission",
            "remove_permission",
            "StatementId",
            StatementId="by-hand",
            Action="events:PutEvents",
            Principal=STRANGER,
        ),
        "the policy of the default event bus lets",
    ),
    Plant(RULE, "rule for another account", _other_account, "the rule by-hand sends events to"),
    Plant(
        RULE,
        "archive",
        made(
            "events",
            "create_archive",
            "delete_archive",
            "ArchiveName",
            ArchiveName="by-hand",
            EventSourceArn=_bus,
        ),
        "the archive by-hand keeps every event",
    ),
    Plant(TOPIC, "policy", _topic_policy, f"its policy lets arn:aws:iam::{STRANGER}:role/x in"),
    Plant(
        TOPIC,
        "subscription",
        answered(
            "sns",
            "subscribe",
            "unsubscribe",
            "SubscriptionArn",
            TopicArn=CRITICAL,
            Protocol="https",
            Endpoint="https://example.com/by-hand",
        ),
        "its messages are also sent to https://example.com/by-hand (https)",
    ),
)
