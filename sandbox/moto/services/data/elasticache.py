"""ElastiCache: groups, nodes and users as requested; moto does not store most of them."""

from __future__ import annotations

import re
from typing import Any

from sandbox.moto.hooks import Asked, Params, Refused, answers, corrects
from sandbox.moto.memory import every, memory
from sandbox.moto.missing_operations import Kind, answer_from_memory, find

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
USER_GROUP = Kind(
    "elasticache",
    ("UserGroupId",),
    create="CreateUserGroup",
    reads="DescribeUserGroups",
    delete="DeleteUserGroup",
    arn="arn:aws:elasticache:{region}:{account}:usergroup:{id}",
    missing="UserGroupNotFound",
    fixed=(("Status", "active"),),
)
answer_from_memory(USER_GROUP)


def _cache_members(asked: Asked) -> Params:
    return {key: asked.params[key] for key in CACHE if asked.params.get(key) is not None}


@corrects("elasticache", "CreateReplicationGroup")
def remember_cache(asked: Asked, answer: Params) -> Params:
    """Store what moto does not store of a group."""
    kept = memory("cache", asked, asked.params["ReplicationGroupId"])
    kept |= _cache_members(asked)
    if nodes := asked.params.get("NumCacheClusters"):
        kept["_nodes"] = int(nodes)
    return {**answer, "ReplicationGroup": _whole_cache(asked, answer["ReplicationGroup"])}


@answers("elasticache", "ModifyReplicationGroup")
def modify_cache(asked: Asked) -> Params:
    """Change a group, which moto does not implement."""
    name = asked.params["ReplicationGroupId"]
    group = asked.backend.replication_groups.get(name)
    if group is None:
        raise Refused("ReplicationGroupNotFoundFault", f"Replication group {name} not found.")
    kept = memory("cache", asked, name)
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
    """Add everything that was requested, and one member per node."""
    name = group["ReplicationGroupId"]
    kept = memory("cache", asked, name)
    shown = {key: value for key, value in kept.items() if not key.startswith("_")}
    nodes = kept.get("_nodes", len(group.get("MemberClusters") or []))
    members = [f"{name}-{number:03}" for number in range(1, nodes + 1)]
    group = _with_addresses_of(asked.region, group)
    return {**group, **shown, **({"MemberClusters": members} if members else {})}


def _with_addresses_of(region: str, value: Any) -> Any:
    """Name the group's own region in each address: moto's are those of us-east-1."""
    if isinstance(value, dict):
        return {key: _with_addresses_of(region, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_addresses_of(region, one) for one in value]
    if isinstance(value, str) and value.endswith(".cache.amazonaws.com"):
        area, *directions, number = region.split("-")
        # us-east-1 is use1, ap-southeast-2 is apse2.
        short = "".join(
            word[0] for direction in directions for word in re.findall("north|south|east|west|.+", direction)
        )
        return value.replace(".use1.", f".{area}{short}{number}.")
    return value


@corrects("elasticache", "DescribeReplicationGroups")
def recall_cache(asked: Asked, answer: Params) -> Params:
    """Add what was requested."""
    return {
        **answer,
        "ReplicationGroups": [_whole_cache(asked, g) for g in answer.get("ReplicationGroups", [])],
    }


@answers("elasticache", "ModifyUser")
def modify_cache_user(asked: Asked) -> Params:
    """Change a password or an access string."""
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
    """Add and remove members."""
    record = find(USER_GROUP, asked)
    members = {*(record.get("UserIds") or []), *(asked.params.get("UserIdsToAdd") or [])}
    record["UserIds"] = sorted(members - set(asked.params.get("UserIdsToRemove") or []))
    return {"UserGroupId": record["UserGroupId"], "UserIds": record["UserIds"], "Status": "active"}


@answers("elasticache", "DeleteCacheSubnetGroup")
def delete_cache_subnets(asked: Asked) -> Params:
    """Delete a subnet group, which moto does not implement."""
    groups = asked.backend.cache_subnet_groups
    if groups.pop(asked.params["CacheSubnetGroupName"], None) is None:
        raise Refused("CacheSubnetGroupNotFoundFault", "Cache subnet group not found.")
    return {}


@corrects("elasticache", "DeleteReplicationGroup")
def forget_cache(asked: Asked, answer: Params) -> Params:
    """Delete the group with what is stored of it: in moto it would be in deletion for ever."""
    name = asked.params["ReplicationGroupId"]
    memory("cache", asked, name).clear()
    asked.backend.replication_groups.pop(name, None)
    return answer


@corrects("elasticache", "DeleteUser")
def forget_user(asked: Asked, answer: Params) -> Params:
    """Delete the user, which in moto would be in deletion for ever."""
    asked.backend.users.pop(asked.params["UserId"], None)
    return answer


@answers("elasticache", "DescribeCacheClusters")
def nodes(asked: Asked) -> Params:
    """Every node of every group."""
    found = [node for name, kept in every("cache", asked) for node in _nodes(name, kept)]
    wanted = asked.params.get("CacheClusterId")
    if wanted:
        found = [node for node in found if node["CacheClusterId"] == wanted]
        if not found:
            raise Refused("CacheClusterNotFound", f"Cache cluster {wanted} not found.")
    return {"CacheClusters": found}


def _nodes(name: str, kept: Params) -> list[Params]:
    """The members of one group, with the group's location."""
    groups = [{"SecurityGroupId": group, "Status": "active"} for group in kept.get("SecurityGroupIds") or []]
    return [
        {
            "CacheClusterId": f"{name}-{number:03}",
            "ReplicationGroupId": name,
            "CacheClusterStatus": "available",
            "Engine": kept.get("Engine", "redis"),
            "EngineVersion": kept.get("EngineVersion", ""),
            "CacheSubnetGroupName": kept.get("CacheSubnetGroupName", ""),
            "SecurityGroups": groups,
            "NumCacheNodes": 1,
        }
        for number in range(1, int(kept.get("_nodes", 0)) + 1)
    ]


@answers("elasticache", "CreateGlobalReplicationGroup")
def create_global_datastore(asked: Asked) -> Params:
    """Make a group the primary one of a global datastore."""
    id_ = f"abcde-{asked.params['GlobalReplicationGroupIdSuffix']}"
    given = {"GlobalReplicationGroupId": id_, "GlobalReplicationGroupMemberRole": "PRIMARY"}
    memory("cache", asked, asked.params["PrimaryReplicationGroupId"])["GlobalReplicationGroupInfo"] = given
    return {"GlobalReplicationGroup": {"GlobalReplicationGroupId": id_, "Status": "available"}}


@answers("elasticache", "DisassociateGlobalReplicationGroup")
def leave_global_datastore(asked: Asked) -> Params:
    """Take a group out of its global datastore."""
    memory("cache", asked, asked.params["ReplicationGroupId"]).pop("GlobalReplicationGroupInfo", None)
    return {"GlobalReplicationGroup": {}}
