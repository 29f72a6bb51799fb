"""SNS: topics, their policies and subscriptions."""

from __future__ import annotations

import json

from sandbox.provider.calls import Context
from sandbox.provider.conversions import as_attributes, text
from sandbox.provider.rows import Inputs, row

TOPIC = {
    "fifoTopic": "FifoTopic",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "displayName": "DisplayName",
    "deliveryPolicy": "DeliveryPolicy",
    "signatureVersion": "SignatureVersion",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "tracingConfig": "TracingConfig",
}
SUBSCRIPTION = {
    "rawMessageDelivery": "RawMessageDelivery",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "redrivePolicy": "RedrivePolicy",
    "deliveryPolicy": "DeliveryPolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


def topic_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Set each changed attribute with its own call."""
    for key, name in TOPIC.items():
        if old.get(key) != new.get(key):
            params = {"TopicArn": id_, "AttributeName": name, "AttributeValue": text(new.get(key, ""))}
            context.send("sns.set_topic_attributes", params)


def reset_topic_policy(context: Context, id_: str, have: Inputs) -> None:
    """Set the policy that AWS gives a new topic: its account may use it."""
    actions = "Publish RemovePermission SetTopicAttributes DeleteTopic ListSubscriptionsByTopic "
    actions += "GetTopicAttributes AddPermission Subscribe"
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions.split()],
        "Resource": id_,
        "Condition": {"StringEquals": {"AWS:SourceOwner": context.account}},
    }
    policy = json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})
    params = {"TopicArn": id_, "AttributeName": "Policy", "AttributeValue": policy}
    context.send("sns.set_topic_attributes", params)


row(
    "sns/topic:Topic",
    "sns.create_topic",
    id="TopicArn",
    read="get_topic_attributes(TopicArn={id}).Attributes",
    out="arn={id} owner:Owner",
    name="name",
    pre=as_attributes(TOPIC),
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
    pre=as_attributes(SUBSCRIPTION),
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
    delete=reset_topic_policy,
    replace="arn",
)
