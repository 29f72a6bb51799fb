"""Checks that resources have alarms and that alarm topics have subscribers and usable keys."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.alarms import composites_of, has_actions
from rules.lib.iam import documents
from rules.lib.resource_types import (
    BACKUP_VAULT,
    COMPOSITE_ALARM,
    ECS_SERVICE,
    FUNCTION,
    FUNCTION_PERMISSION,
    KMS_KEY,
    LOAD_BALANCER,
    METRIC_ALARM,
    NAT_GATEWAY,
    QUEUE,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SECRET_ROTATION,
    TOPIC,
    TOPIC_SUBSCRIPTION,
)
from rules.pack.graph import Stack
from rules.pack.properties import is_set, strings, text
from rules.pack.rule import M, P, Resource, stack_rule

_WATCHED = (
    ECS_SERVICE,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    LOAD_BALANCER,
    NAT_GATEWAY,
    QUEUE,
    BACKUP_VAULT,
    FUNCTION,
)
_PUBLISHER = "cloudwatch.amazonaws.com"
_NAMES = ("name", "identifier", "replicationGroupId", "functionName")


def _dimensions(stack: Stack) -> frozenset[str]:
    found = [
        strings(alarm.props.get(key))
        for alarm in stack.all(METRIC_ALARM)
        for key in ("dimensions", "metricQueries")
    ]
    values = {value for each in found for _, value in each}
    # The alarms of a replication group are on its member clusters, which are named after it.
    return frozenset(values | {value.rpartition("-")[0] for value in values})


def _watched(one: Resource, stack: Stack) -> bool:
    if stack.referrers(one, METRIC_ALARM):
        return True
    dimensions = stack.once("dimensions", _dimensions)
    return any(text(one.props, key) in dimensions for key in _NAMES if is_set(one.props, key))


def _wired(alarm: Resource, stack: Stack) -> Iterator[str]:
    if not has_actions(alarm) and composites_of(alarm, stack):
        return  # the composite alarm is checked itself
    topics = stack.refers(alarm, "alarmActions", TOPIC)
    for topic in topics:
        if not stack.referrers(topic, TOPIC_SUBSCRIPTION, "topic"):
            yield f"topic {topic.name} has no subscriber"
        for key in stack.refers(topic, "kmsMasterKeyId", KMS_KEY):
            if not _lets_publish(key):
                yield f"topic {topic.name} -> key {key.name} does not grant {_PUBLISHER}"
    if not topics and not alarm.needs.get("alarmActions"):
        yield "its alarm actions name no topic of this stack"


def _lets_publish(key: Resource) -> bool:
    return any(
        ("Service", _PUBLISHER) in one.principals
        and one.covers("kms:Decrypt")
        and one.covers("kms:GenerateDataKey")
        for one in documents.allows(key.props.get("policy"))
    )


def _rotates(rotation: Resource, stack: Stack) -> Iterator[str]:
    for function in stack.refers(rotation, "rotationLambdaArn", FUNCTION):
        permissions = stack.referrers(function, FUNCTION_PERMISSION, "function")
        if not any(text(one.props, "principal") == "secretsmanager.amazonaws.com" for one in permissions):
            yield "Secrets Manager has no permission to invoke its function"
        if not is_set(function.props, "vpcConfig"):
            yield "its function has no vpc_config, so it cannot reach the database"
        if not _watched(function, stack):
            yield "its function has no alarm"


RULES = [
    stack_rule(
        "own-alarms-service",
        P,
        _WATCHED,
        "Every resource whose failure matters has an alarm.",
        "add an alarm for it in components/monitoring/alarms",
        holds=_watched,
    ),
    stack_rule(
        "own-alarm-wired",
        M,
        (METRIC_ALARM, COMPOSITE_ALARM),
        "The topic of an alarm has a subscriber, and its key policy allows CloudWatch to publish.",
        "add a subscription to the topic, and allow CloudWatch in the key policy",
        finds=_wired,
        requirements=("T16",),
    ),
    stack_rule(
        "own-secret-rotation-works",
        P,
        SECRET_ROTATION,
        "The function of a rotation can be invoked, can reach the database, and has an alarm.",
        "add the Permission, vpc_config and an alarm",
        finds=_rotates,
    ),
]
