"""Logs, metrics, alarms, events and the topics and queues they go to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.calls import Context
from sandbox.rows import Call, Inputs, row

ATTRIBUTES: dict[str, dict[str, str]] = {
    "sns": {
        "fifoTopic": "FifoTopic",
        "kmsMasterKeyId": "KmsMasterKeyId",
        "policy": "Policy",
        "displayName": "DisplayName",
        "deliveryPolicy": "DeliveryPolicy",
        "signatureVersion": "SignatureVersion",
        "contentBasedDeduplication": "ContentBasedDeduplication",
        "tracingConfig": "TracingConfig",
    },
    "subscription": {
        "rawMessageDelivery": "RawMessageDelivery",
        "filterPolicy": "FilterPolicy",
        "filterPolicyScope": "FilterPolicyScope",
        "redrivePolicy": "RedrivePolicy",
        "deliveryPolicy": "DeliveryPolicy",
        "subscriptionRoleArn": "SubscriptionRoleArn",
    },
    "sqs": {
        "fifoQueue": "FifoQueue",
        "kmsMasterKeyId": "KmsMasterKeyId",
        "policy": "Policy",
        "redrivePolicy": "RedrivePolicy",
        "delaySeconds": "DelaySeconds",
        "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
        "messageRetentionSeconds": "MessageRetentionPeriod",
        "visibilityTimeoutSeconds": "VisibilityTimeout",
        "visibilityTimeout": "VisibilityTimeout",
        "sqsManagedSseEnabled": "SqsManagedSseEnabled",
        "maxMessageSize": "MaximumMessageSize",
        "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
        "contentBasedDeduplication": "ContentBasedDeduplication",
    },
}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def as_attributes(kind: str) -> Callable[[Context, Inputs], Inputs]:
    """SNS and SQS take most properties as a map of texts."""
    names = ATTRIBUTES[kind]

    def pre(context: Context, inputs: Inputs) -> Inputs:
        rest = {key: value for key, value in inputs.items() if key not in names}
        given = {names[k]: _text(v) for k, v in inputs.items() if k in names and v not in (False, None)}
        return {**rest, "attributes": given}

    return pre


topic, subscription, queue = as_attributes("sns"), as_attributes("subscription"), as_attributes("sqs")


def topic_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """One call an attribute."""
    for key, name in ATTRIBUTES["sns"].items():
        if old.get(key) != new.get(key):
            params = {"TopicArn": id_, "AttributeName": name, "AttributeValue": _text(new.get(key, ""))}
            context.send("sns.set_topic_attributes", params)


def queue_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """All attributes that changed at once."""
    names = ATTRIBUTES["sqs"]
    given = {names[k]: _text(v) for k, v in new.items() if k in names and old.get(k) != v}
    if given:
        context.send("sqs.set_queue_attributes", {"QueueUrl": id_, "Attributes": given})


def queue_policy(context: Context, inputs: Inputs) -> Inputs:
    """The policy is an attribute of the queue."""
    return {"queueUrl": inputs["queueUrl"], "attributes": {"Policy": inputs["policy"]}}


def drop_queue_policy(context: Context, id_: str, have: Inputs) -> None:
    """An empty policy is none."""
    context.send("sqs.set_queue_attributes", {"QueueUrl": have["queueUrl"], "Attributes": {"Policy": ""}})


def metric_alarm(context: Context, inputs: Inputs) -> Inputs:
    """A metric inside a query is nested once more in the API."""
    queries = []
    for query in inputs.get("metricQueries", []):
        rest = {key: value for key, value in query.items() if key != "metric"}
        if metric := query.get("metric"):
            what = {key: metric[key] for key in ("metricName", "namespace", "dimensions") if key in metric}
            how = {key: metric[key] for key in ("period", "stat", "unit") if key in metric}
            rest["metricStat"] = {"metric": what, **how}
        queries.append(rest)
    body = {key: value for key, value in inputs.items() if key != "metricQueries"}
    return {**body, **({"metrics": queries} if queries else {})}


def event_target(context: Context, inputs: Inputs) -> Inputs:
    """One target is a list of one."""
    body = {key: value for key, value in inputs.items() if key not in ("rule", "eventBusName")}
    return {**{key: inputs[key] for key in ("rule", "eventBusName") if key in inputs}, "targets": [body]}


row(
    "cloudwatch/logGroup:LogGroup",
    "logs.create_log_group",
    id="{name}",
    read="describe_log_groups(logGroupNamePrefix={id}).logGroups[?logGroupName=='{id}']|[0]",
    out="arn=arn:{p}:logs:{r}:{a}:log-group:{id}",
    name="name",
    rename="name:logGroupName",
    skip="skipDestroy",
    after=(Call("put_retention_policy", "logGroupName={id}", "retentionInDays"),),
    delete="delete_log_group(logGroupName={id})",
    replace="name",
    update=(Call("associate_kms_key", "logGroupName={id}", "kmsKeyId"),),
)
row(
    "cloudwatch/logMetricFilter:LogMetricFilter",
    "logs.put_metric_filter",
    id="{name}",
    read="describe_metric_filters(logGroupName={logGroupName},filterNamePrefix={name}).metricFilters[0]",
    name="name",
    rename=(
        "name:filterName pattern:filterPattern metricTransformation:metricTransformations "
        "metricTransformation.name:metricName metricTransformation.namespace:metricNamespace "
        "metricTransformation.value:metricValue"
    ),
    put=True,
    delete="delete_metric_filter(logGroupName={logGroupName},filterName={name})",
    replace="name logGroupName",
)
row(
    "cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    "logs.put_subscription_filter",
    id="{name}",
    read="describe_subscription_filters(logGroupName={logGroup}).subscriptionFilters[0]",
    name="name",
    rename="name:filterName logGroup:logGroupName",
    put=True,
    delete="delete_subscription_filter(logGroupName={logGroup},filterName={name})",
    replace="name logGroup",
)
row(
    "cloudwatch/queryDefinition:QueryDefinition",
    "logs.put_query_definition",
    id="queryDefinitionId",
    read="describe_query_definitions().queryDefinitions[?queryDefinitionId=='{id}']|[0]",
    out="queryDefinitionId={id}",
    name="name",
    absent="put_query_definition",
    delete="delete_query_definition(queryDefinitionId={id})",
    update=(Call("put_query_definition", "queryDefinitionId={id}", "name queryString logGroupNames"),),
)
row(
    "cloudwatch/metricAlarm:MetricAlarm",
    "cloudwatch.put_metric_alarm",
    id="{name}",
    read="describe_alarms(AlarmNames=[{id}]).MetricAlarms[0]",
    out="arn:AlarmArn",
    name="name",
    rename="name:AlarmName okActions:OKActions",
    pre=metric_alarm,
    put=True,
    delete="delete_alarms(AlarmNames=[{id}])",
    replace="name",
)
row(
    "cloudwatch/compositeAlarm:CompositeAlarm",
    "cloudwatch.put_composite_alarm",
    id="{alarmName}",
    read="describe_alarms(AlarmNames=[{id}],AlarmTypes=[CompositeAlarm]).CompositeAlarms[0]",
    out="arn:AlarmArn",
    rename="okActions:OKActions",
    absent="put_composite_alarm",
    put=True,
    delete="delete_alarms(AlarmNames=[{id}])",
    replace="alarmName",
)
row(
    "cloudwatch/dashboard:Dashboard",
    "cloudwatch.put_dashboard",
    id="{dashboardName}",
    read="get_dashboard(DashboardName={id}).@",
    out="dashboardArn:DashboardArn",
    put=True,
    delete="delete_dashboards(DashboardNames=[{id}])",
    replace="dashboardName",
)
row(
    "cloudwatch/eventRule:EventRule",
    "events.put_rule",
    id="{name}",
    read="describe_rule(Name={id}).@",
    out="arn:Arn",
    name="name",
    skip="forceDestroy isEnabled",
    put=True,
    delete="delete_rule(Name={id})",
    replace="name eventBusName",
)
row(
    "cloudwatch/eventTarget:EventTarget",
    "events.put_targets",
    id="{rule}-{targetId}",
    read="list_targets_by_rule(Rule={rule}).Targets[?Id=='{targetId}']|[0]",
    name="targetId",
    rename=(
        "targets.targetId:Id targets.ecsTarget:EcsParameters targets.sqsTarget:SqsParameters "
        "targets.inputTransformer.inputPaths:InputPathsMap"
    ),
    skip="forceDestroy",
    pre=event_target,
    put=True,
    delete="remove_targets(Rule={rule},Ids=[{targetId}])",
    replace="rule targetId",
)
row(
    "sns/topic:Topic",
    "sns.create_topic",
    id="TopicArn",
    read="get_topic_attributes(TopicArn={id}).Attributes",
    out="arn={id} owner:Owner",
    name="name",
    pre=topic,
    delete="delete_topic(TopicArn={id})",
    replace="name fifoTopic",
    change=topic_change,
    changes="*",
)
row(
    "sns/topicSubscription:TopicSubscription",
    "sns.subscribe",
    id="SubscriptionArn",
    read="get_subscription_attributes(SubscriptionArn={id}).Attributes",
    out="arn={id} ownerId:Owner",
    rename="topic:TopicArn",
    skip="endpointAutoConfirms confirmationTimeoutInMinutes",
    const={"ReturnSubscriptionArn": True},
    pre=subscription,
    delete="unsubscribe(SubscriptionArn={id})",
    replace="*",
)
row(
    "sns/topicPolicy:TopicPolicy",
    "sns.set_topic_attributes",
    id="{arn}",
    read="get_topic_attributes(TopicArn={id}).Attributes",
    out="owner:Owner",
    rename="arn:TopicArn policy:AttributeValue",
    const={"AttributeName": "Policy"},
    put=True,
    replace="arn",
)
row(
    "sqs/queue:Queue",
    "sqs.create_queue",
    id="QueueUrl",
    read="get_queue_attributes(QueueUrl={id},AttributeNames=[All]).Attributes",
    out="arn:QueueArn url={id}",
    name="name",
    rename="name:QueueName",
    pre=queue,
    delete="delete_queue(QueueUrl={id})",
    replace="name fifoQueue",
    change=queue_change,
    changes="*",
)
row(
    "sqs/queuePolicy:QueuePolicy",
    "sqs.set_queue_attributes",
    id="{queueUrl}",
    read="get_queue_attributes(QueueUrl={id},AttributeNames=[Policy]).Attributes",
    pre=queue_policy,
    put=True,
    replace="queueUrl",
    delete=drop_queue_policy,
)
row(
    "cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
    "logs.put_data_protection_policy",
    id="{logGroupName}",
    read="get_data_protection_policy(logGroupIdentifier={id}).@",
    rename="logGroupName:logGroupIdentifier",
    put=True,
    replace="logGroupName",
    delete="delete_data_protection_policy(logGroupIdentifier={id})",
    absent="put_data_protection_policy",
)
row(
    "cloudwatch/logResourcePolicy:LogResourcePolicy",
    "logs.put_resource_policy",
    id="{policyName}",
    read="describe_resource_policies().resourcePolicies[?policyName=='{id}']|[0]",
    put=True,
    replace="policyName resourceArn",
    delete="delete_resource_policy(policyName={id})",
)
