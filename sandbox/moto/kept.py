"""Gives back what moto takes and then forgets: dropped members, missing changes, account-wide switches."""

from __future__ import annotations

from typing import Any

from sandbox.moto.hooks import FORGET, Asked, Params, Refused, answers, corrects

DATABASE = (
    ("EnablePerformanceInsights", "PerformanceInsightsEnabled"),
    ("PerformanceInsightsKMSKeyId", "PerformanceInsightsKMSKeyId"),
    ("PerformanceInsightsRetentionPeriod", "PerformanceInsightsRetentionPeriod"),
    ("DatabaseInsightsMode", "DatabaseInsightsMode"),
    ("MonitoringInterval", "MonitoringInterval"),
    ("MonitoringRoleArn", "MonitoringRoleArn"),
    ("CACertificateIdentifier", "CACertificateIdentifier"),
    ("MaxAllocatedStorage", "MaxAllocatedStorage"),
    ("StorageThroughput", "StorageThroughput"),
    ("CopyTagsToSnapshot", "CopyTagsToSnapshot"),
    ("EngineVersion", "EngineVersion"),
    ("DedicatedLogVolume", "DedicatedLogVolume"),
)
_remembered: dict[tuple[str, ...], Params] = {}
FORGET.append(_remembered.clear)


def memory(kind: str, asked: Asked, name: str) -> Params:
    """What is kept of one thing; whoever gets it may write into it."""
    return _remembered.setdefault((kind, *asked.scope, name), {})


def every(kind: str, asked: Asked) -> list[tuple[str, Params]]:
    """(name, what was kept) of everything of one kind in this account and region."""
    here = (kind, *asked.scope)
    return [(key[3], kept) for key, kept in _remembered.items() if key[:3] == here and kept]


@corrects("rds", "CreateDBInstance", "ModifyDBInstance")
def remember_database(asked: Asked, answer: Params) -> Params:
    """Keeps what moto drops of a database."""
    name = asked.params["DBInstanceIdentifier"]
    kept = memory("database", asked, name)
    kept |= {to: asked.params[given] for given, to in DATABASE if asked.params.get(given) is not None}
    return {**answer, "DBInstance": {**answer["DBInstance"], **kept}}


@corrects("rds", "DescribeDBInstances")
def recall_database(asked: Asked, answer: Params) -> Params:
    """Puts it back."""
    found = [
        {**item, **memory("database", asked, item["DBInstanceIdentifier"])}
        for item in answer.get("DBInstances", [])
    ]
    return {**answer, "DBInstances": found}


@answers("rds", "ModifyEventSubscription")
def modify_event_subscription(asked: Asked) -> Params:
    """moto can make and delete one, not change it."""
    name = asked.params["SubscriptionName"]
    found: Any = asked.backend.event_subscriptions.get(name)
    if found is None:
        raise Refused("SubscriptionNotFound", f"Subscription {name} not found.")
    for member, attribute in (
        ("SnsTopicArn", "sns_topic_arn"),
        ("SourceType", "source_type"),
        ("EventCategories", "event_categories"),
        ("Enabled", "enabled"),
    ):
        if asked.params.get(member) is not None:
            setattr(found, attribute, asked.params[member])
    return {"EventSubscription": {"CustSubscriptionId": name, "Status": "active"}}


@answers("ec2", "ModifyInstanceMetadataDefaults")
def set_metadata_defaults(asked: Asked) -> Params:
    """The account's answer to instances that say nothing."""
    given = {key: value for key, value in asked.params.items() if key != "DryRun" and value is not None}
    memory("metadata-defaults", asked, "account").update(given)
    return {"Return": True}


@answers("ec2", "GetInstanceMetadataDefaults")
def metadata_defaults(asked: Asked) -> Params:
    """What was set."""
    return {"AccountLevel": dict(memory("metadata-defaults", asked, "account"))}


@answers("logs", "AssociateKmsKey")
def give_log_key(asked: Asked) -> Params:
    """A group gets another key."""
    group: Any = asked.backend.groups.get(asked.params.get("logGroupName"))
    if group is None:
        raise Refused("ResourceNotFoundException", "The specified log group does not exist.")
    group.kms_key_id = asked.params["kmsKeyId"]
    return {}


@corrects("kms", "GetKeyRotationStatus")
def rotation_period(asked: Asked, answer: Params) -> Params:
    """moto knows that a key rotates, not how often."""
    name = asked.params["KeyId"].rpartition("/")[2]
    days = memory("rotation", asked, name).get("days", 365)
    return {**answer, **({"RotationPeriodInDays": days} if answer.get("KeyRotationEnabled") else {})}


@corrects("kms", "EnableKeyRotation")
def remember_rotation(asked: Asked, answer: Params) -> Params:
    """Keeps the period."""
    if days := asked.params.get("RotationPeriodInDays"):
        memory("rotation", asked, asked.params["KeyId"].rpartition("/")[2])["days"] = days
    return answer


@corrects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def remember_function(asked: Asked, answer: Params) -> Params:
    """Keeps what moto drops of a function."""
    kept = memory("function", asked, answer["FunctionName"])
    kept |= {key: asked.params[key] for key in ("DeadLetterConfig", "KMSKeyArn") if asked.params.get(key)}
    return {**answer, **kept}


@corrects("lambda", "GetFunctionConfiguration")
def recall_function(asked: Asked, answer: Params) -> Params:
    """Puts it back."""
    return {**answer, **memory("function", asked, answer["FunctionName"])}


def install() -> None:
    """moto's code already takes AlarmRule; only the action's name is missing."""
    from moto.cloudwatch.responses import CloudWatchResponse

    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm  # type: ignore[attr-defined]
