"""SQS: queues and their policies."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.conversions import as_attributes, text
from sandbox.provider.rows import Inputs, row

QUEUE = {
    "fifoQueue": "FifoQueue",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "redrivePolicy": "RedrivePolicy",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "delaySeconds": "DelaySeconds",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "visibilityTimeout": "VisibilityTimeout",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "maxMessageSize": "MaximumMessageSize",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "contentBasedDeduplication": "ContentBasedDeduplication",
}


def queue_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Set all changed attributes with one call."""
    given = {QUEUE[k]: text(v) for k, v in new.items() if k in QUEUE and old.get(k) != v}
    if given:
        context.send("sqs.set_queue_attributes", {"QueueUrl": id_, "Attributes": given})


def queue_policy(context: Context, inputs: Inputs) -> Inputs:
    """The policy is an attribute of the queue."""
    return {"queueUrl": inputs["queueUrl"], "attributes": {"Policy": inputs["policy"]}}


def drop_queue_policy(context: Context, id_: str, have: Inputs) -> None:
    """An empty policy removes it."""
    context.send("sqs.set_queue_attributes", {"QueueUrl": have["queueUrl"], "Attributes": {"Policy": ""}})


row(
    "sqs/queue:Queue",
    "sqs.create_queue",
    id="QueueUrl",
    read="get_queue_attributes(QueueUrl={id},AttributeNames=[All]).Attributes",
    out="arn:QueueArn url={id}",
    name="name",
    rename="name:QueueName",
    pre=as_attributes(QUEUE),
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
