"""Topics and queues, and who may write to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row

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
