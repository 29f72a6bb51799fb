"""Gives back what moto takes and then forgets: dropped members, missing changes, account-wide switches."""

from __future__ import annotations

from typing import Any

from sandbox.emulator.hooks import FORGET, Asked, Params, Refused, answers, corrects

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
CACHE = (
    "EngineVersion",
    "CacheParameterGroupName",
    "CacheSubnetGroupName",
    "SecurityGroupIds",
    "PreferredMaintenanceWindow",
    "TransitEncryptionMode",
    "UserGroupIds",
    "LogDeliveryConfigurations",
    "Engine",
)
_remembered: dict[tuple[str, ...], Params] = {}
FORGET.append(_remembered.clear)


def _memory(kind: str, asked: Asked, name: str) -> Params:
    return _remembered.setdefault((kind, *asked.scope, name), {})


@corrects("rds", "CreateDBInstance", "ModifyDBInstance")
def remember_database(asked: Asked, answer: Params) -> Params:
    name = asked.params["DBInstanceIdentifier"]
    kept = _memory("database", asked, name)
    kept |= {to: asked.params[given] for given, to in DATABASE if asked.params.get(given) is not None}
    return {**answer, "DBInstance": {**answer["DBInstance"], **kept}}


@corrects("rds", "DescribeDBInstances")
def recall_database(asked: Asked, answer: Params) -> Params:
    found = [
        {**item, **_memory("database", asked, item["DBInstanceIdentifier"])}
        for item in answer.get("DBInstances", [])
    ]
    return {**answer, "DBInstances": found}


def _cache_members(asked: Asked) -> Params:
    return {key: asked.params[key] for key in CACHE if asked.params.get(key) is not None}


@corrects("elasticache", "CreateReplicationGroup")
def remember_cache(asked: Asked, answer: Params) -> Params:
    kept = _memory("cache", asked, asked.params["ReplicationGroupId"])
    kept |= _cache_members(asked)
    if nodes := asked.params.get("NumCacheClusters"):
        kept["_nodes"] = int(nodes)
    return {**answer, "ReplicationGroup": _whole_cache(asked, answer["ReplicationGroup"])}


@answers("elasticache", "ModifyReplicationGroup")
def modify_cache(asked: Asked) -> Params:
    name = asked.params["ReplicationGroupId"]
    group = asked.backend.replication_groups.get(name)
    if group is None:
        raise Refused("ReplicationGroupNotFoundFault", f"Replication group {name} not found.")
    kept = _memory("cache", asked, name)
    kept |= _cache_members(asked)
    groups = set(kept.get("UserGroupIds") or []) | set(asked.params.get("UserGroupIdsToAdd") or [])
    kept["UserGroupIds"] = sorted(groups - set(asked.params.get("UserGroupIdsToRemove") or []))
    for member, attribute in (
        ("SnapshotRetentionLimit", "snapshot_retention_limit"),
        ("CacheNodeType", "cache_node_type"),
    ):
        if asked.params.get(member) is not None:
            setattr(group, attribute, asked.params[member])
            kept[member] = asked.params[member]
    return {"ReplicationGroup": {"ReplicationGroupId": name, "Status": "available"}}


def _whole_cache(asked: Asked, group: Params) -> Params:
    """Everything that was asked for, and as many members as there are nodes."""
    name = group["ReplicationGroupId"]
    kept = _memory("cache", asked, name)
    shown = {key: value for key, value in kept.items() if not key.startswith("_")}
    nodes = kept.get("_nodes", len(group.get("MemberClusters") or []))
    members = [f"{name}-{number:03}" for number in range(1, nodes + 1)]
    return {**group, **shown, **({"MemberClusters": members} if members else {})}


@corrects("elasticache", "DescribeReplicationGroups")
def recall_cache(asked: Asked, answer: Params) -> Params:
    return {
        **answer,
        "ReplicationGroups": [_whole_cache(asked, g) for g in answer.get("ReplicationGroups", [])],
    }


@answers("elasticache", "ModifyCacheParameterGroup")
def set_cache_parameters(asked: Asked) -> Params:
    name = asked.params["CacheParameterGroupName"]
    for item in asked.params.get("ParameterNameValues") or []:
        _memory("cache-parameters", asked, name)[item["ParameterName"]] = item.get("ParameterValue", "")
    return {"CacheParameterGroupName": name}


@answers("elasticache", "DescribeCacheParameters")
def cache_parameters(asked: Asked) -> Params:
    kept = _memory("cache-parameters", asked, asked.params["CacheParameterGroupName"])
    found = [{"ParameterName": k, "ParameterValue": v, "Source": "user"} for k, v in kept.items()]
    return {"Parameters": found}


@answers("elasticache", "ModifyUser")
def modify_cache_user(asked: Asked) -> Params:
    user = asked.backend.users.get(asked.params["UserId"])
    if user is None:
        raise Refused("UserNotFound", "User not found.")
    if asked.params.get("AccessString"):
        user.access_string = asked.params["AccessString"]
    if asked.params.get("Passwords"):
        user.passwords = asked.params["Passwords"]
    return {"UserId": user.id, "UserName": user.name, "Status": "active", "AccessString": user.access_string}


@answers("elasticache", "ModifyUserGroup")
def modify_user_group(asked: Asked) -> Params:
    from sandbox.emulator import absent

    kind = next(kind for kind in absent.KINDS if kind.create == "CreateUserGroup")
    record = absent._find(kind, asked)
    members = {*(record.get("UserIds") or []), *(asked.params.get("UserIdsToAdd") or [])}
    record["UserIds"] = sorted(members - set(asked.params.get("UserIdsToRemove") or []))
    return {"UserGroupId": record["UserGroupId"], "UserIds": record["UserIds"], "Status": "active"}


@answers("elasticache", "DeleteCacheSubnetGroup")
def delete_cache_subnets(asked: Asked) -> Params:
    groups = asked.backend.cache_subnet_groups
    if groups.pop(asked.params["CacheSubnetGroupName"], None) is None:
        raise Refused("CacheSubnetGroupNotFoundFault", "Cache subnet group not found.")
    return {}


@answers("rds", "ModifyEventSubscription")
def modify_event_subscription(asked: Asked) -> Params:
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
    given = {key: value for key, value in asked.params.items() if key != "DryRun" and value is not None}
    _memory("metadata-defaults", asked, "account").update(given)
    return {"Return": True}


@answers("ec2", "GetInstanceMetadataDefaults")
def metadata_defaults(asked: Asked) -> Params:
    return {"AccountLevel": dict(_memory("metadata-defaults", asked, "account"))}


@answers("logs", "AssociateKmsKey")
def give_log_key(asked: Asked) -> Params:
    group: Any = asked.backend.groups.get(asked.params.get("logGroupName"))
    if group is None:
        raise Refused("ResourceNotFoundException", "The specified log group does not exist.")
    group.kms_key_id = asked.params["kmsKeyId"]
    return {}


@corrects("kms", "GetKeyRotationStatus")
def rotation_period(asked: Asked, answer: Params) -> Params:
    name = asked.params["KeyId"].rpartition("/")[2]
    days = _memory("rotation", asked, name).get("days", 365)
    return {**answer, **({"RotationPeriodInDays": days} if answer.get("KeyRotationEnabled") else {})}


@corrects("kms", "EnableKeyRotation")
def remember_rotation(asked: Asked, answer: Params) -> Params:
    if days := asked.params.get("RotationPeriodInDays"):
        _memory("rotation", asked, asked.params["KeyId"].rpartition("/")[2])["days"] = days
    return answer


@corrects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def remember_function(asked: Asked, answer: Params) -> Params:
    kept = _memory("function", asked, answer["FunctionName"])
    kept |= {key: asked.params[key] for key in ("DeadLetterConfig", "KMSKeyArn") if asked.params.get(key)}
    return {**answer, **kept}


@corrects("lambda", "GetFunctionConfiguration")
def recall_function(asked: Asked, answer: Params) -> Params:
    return {**answer, **_memory("function", asked, answer["FunctionName"])}


def install() -> None:
    """moto's code already takes AlarmRule; only the action's name is missing."""
    from moto.cloudwatch.responses import CloudWatchResponse

    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm  # type: ignore[attr-defined]
