"""RDS: members of an instance that moto drops, changes of an event subscription, master password rotation."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any

from sandbox.moto.hooks import Asked, Params, Refused, answers, corrects
from sandbox.moto.memory import memory
from sandbox.moto.services.data import restored_instances
from sandbox.moto.services.security import secretsmanager_stages as stages

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


@corrects("rds", "CreateDBInstance", "ModifyDBInstance")
def remember_database(asked: Asked, answer: Params) -> Params:
    """Store what moto drops of an instance."""
    name = asked.params["DBInstanceIdentifier"]
    kept = memory("database", asked, name)
    kept |= {to: asked.params[given] for given, to in DATABASE if asked.params.get(given) is not None}
    return {**answer, "DBInstance": {**answer["DBInstance"], **kept}}


@corrects("rds", "DescribeDBInstances")
def recall_database(asked: Asked, answer: Params) -> Params:
    """Add what was stored."""
    return {**answer, "DBInstances": [_whole(asked, item) for item in answer.get("DBInstances", [])]}


def _whole(asked: Asked, item: Params) -> Params:
    """The instance with what was stored, and with the log stream of Enhanced Monitoring where it is on."""
    account, region = asked.scope
    kept = memory("database", asked, item["DBInstanceIdentifier"])
    stream = f"log-group:RDSOSMetrics:log-stream:{item.get('DbiResourceId', '')}"
    on = bool(kept.get("MonitoringInterval"))
    return {
        **item,
        **kept,
        **restored_instances.state(asked, item["DBInstanceIdentifier"]),
        **({"EnhancedMonitoringResourceArn": f"arn:aws:logs:{region}:{account}:{stream}"} if on else {}),
    }


@answers("rds", "ModifyEventSubscription")
def modify_event_subscription(asked: Asked) -> Params:
    """Change a subscription; moto implements only create and delete."""
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


def rotate(kept: Any) -> None:
    """A new password for the same user, valid at once."""
    user = json.loads(kept.secret.versions[kept.secret.default_version_id]["secret_string"])["username"]
    value = json.dumps({"username": user, "password": secrets.token_hex(20)})
    token = {"ClientRequestToken": str(uuid.uuid4()), "SecretString": value}
    stages.add_version(kept.secret, token, [stages.CURRENT])


def install() -> None:
    """Replace moto's rotation of a master password, which creates a version without a value."""
    from moto.rds.models import MasterUserSecret

    MasterUserSecret.rotate_secret = rotate  # type: ignore[method-assign]
