"""Checks the ElastiCache replication group: TLS, encryption at rest, users, subnets, snapshots and logs."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.network.vpc import subnets
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from settings.schema.data import CacheSettings

_LOGS = frozenset({"slow-log", "engine-log"})


def group(aws: AwsState) -> Item | None:
    """The replication group with the stack's name."""
    wanted = aws.names.part("redis")
    every = aws.list("elasticache", "describe_replication_groups", "ReplicationGroups")
    return next((one for one in every if one["ReplicationGroupId"] == wanted), None)


def _running(aws: AwsState) -> Iterator[tuple[CacheSettings, Item, str]]:
    settings, one = aws.settings.cache, group(aws)
    if settings is not None and one is not None:
        yield settings, one, one["ReplicationGroupId"]


@check("cache-present", "A23", "A30")
def present(aws: AwsState) -> Iterator[Problem]:
    """The declared cache exists and is available."""
    if aws.settings.cache is None:
        return
    one = group(aws)
    if one is None:
        yield Problem(aws.names.part("redis"), "does not exist", BY_PROGRAM)
    elif one.get("Status") != "available":
        yield Problem(
            one["ReplicationGroupId"],
            f"is {one.get('Status')}",
            "wait until it is available, or read its events",
        )


@check("cache-encrypted", "A16", "A30")
def encrypted(aws: AwsState) -> Iterator[Problem]:
    """The cache requires TLS, and the data key encrypts its storage."""
    for _, one, name in _running(aws):
        if one.get("TransitEncryptionEnabled") is not True:
            yield Problem(
                name, "does not use TLS", "it cannot be enabled in place: create a new replication group"
            )
        elif one.get("TransitEncryptionMode") != "required":
            yield Problem(name, "accepts connections without TLS", BY_PROGRAM)
        if one.get("AtRestEncryptionEnabled") is not True:
            yield Problem(
                name,
                "its storage is not encrypted",
                "it cannot be enabled in place: create a new replication group",
            )
        elif not aws.is_key(one.get("KmsKeyId"), "data"):
            yield Problem(
                name, f"its storage is not encrypted with {aws.names.key_alias('data')}", BY_PROGRAM
            )


@check("cache-users", "A30")
def users(aws: AwsState) -> Iterator[Problem]:
    """Only the declared user may log in; the default user is off."""
    for settings, one, name in _running(aws):
        ids = one.get("UserGroupIds") or []
        if not ids:
            yield Problem(name, "has no user group: every client that reaches it may log in", BY_PROGRAM)
            continue
        groups = aws.list("elasticache", "describe_user_groups", "UserGroups")
        members = {user for one in groups if one["UserGroupId"] in ids for user in one.get("UserIds", [])}
        everybody = aws.list("elasticache", "describe_users", "Users")
        known = {user["UserId"]: user for user in everybody if user["UserId"] in members}
        for user in known.values():
            access = user.get("AccessString", "")
            if user["UserName"] == settings.username:
                if "on" not in access.split():
                    yield Problem(name, f"its user {user['UserName']} is off", BY_PROGRAM)
                if user.get("Authentication", {}).get("Type") == "no-password":
                    yield Problem(name, f"its user {user['UserName']} has no password", BY_PROGRAM)
            elif "off" not in access.split():
                yield Problem(name, f"allows the undeclared user {user['UserName']}", BY_PROGRAM)
        if settings.username not in {user["UserName"] for user in known.values()}:
            yield Problem(name, f"its user group lacks the user {settings.username}", BY_PROGRAM)


@check("cache-private", "A23", "A30", "A38")
def private(aws: AwsState) -> Iterator[Problem]:
    """The cache is in the isolated subnets, with its own security group."""
    for _, one, name in _running(aws):
        isolated = {subnet["SubnetId"] for subnet in subnets(aws, "isolated")}
        members = _members(aws, one)
        if not members:
            yield Problem(name, "has no nodes", "wait until they are created, then run again")
        for member in members:
            group_name = member.get("CacheSubnetGroupName")
            here = {
                subnet["SubnetIdentifier"]
                for found in aws.list("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
                if found["CacheSubnetGroupName"] == group_name
                for subnet in found.get("Subnets", [])
            }
            if not here or here - isolated:
                yield Problem(name, "is not in the isolated subnets only", BY_PROGRAM)
            wanted = {
                found["GroupId"]
                for found in aws.in_vpc("describe_security_groups", "SecurityGroups")
                if found["GroupName"] == aws.names.part("redis")
            }
            if {found["SecurityGroupId"] for found in member.get("SecurityGroups", [])} != wanted:
                problem = f"its security group is not {aws.names.part('redis')} alone"
                yield Problem(name, problem, BY_PROGRAM)


@check("cache-kept", "A30")
def kept(aws: AwsState) -> Iterator[Problem]:
    """Snapshots, zones and failover are as declared."""
    for settings, one, name in _running(aws):
        if one.get("SnapshotRetentionLimit", 0) < settings.snapshot_days:
            days = one.get("SnapshotRetentionLimit", 0)
            yield Problem(
                name, f"keeps snapshots for {days} days, declared are {settings.snapshot_days}", BY_PROGRAM
            )
        if settings.multi_az and one.get("MultiAZ") != "enabled":
            yield Problem(name, "is in one zone (Multi-AZ is off)", BY_PROGRAM)
        if settings.nodes > 1 and one.get("AutomaticFailover") != "enabled":
            yield Problem(name, "automatic failover is off", BY_PROGRAM)


@check("cache-logs", "A40")
def logs(aws: AwsState) -> Iterator[Problem]:
    """The cache delivers its slow log and its engine log."""
    for _, one, name in _running(aws):
        delivered = {
            log["LogType"]
            for log in one.get("LogDeliveryConfigurations", [])
            if log.get("Status", "active") in ("active", "enabling", "modifying")
        }
        for log in sorted(_LOGS - delivered):
            yield Problem(name, f"does not deliver its {log}", BY_PROGRAM)


def _members(aws: AwsState, one: Item) -> list[Item]:
    ids = set(one.get("MemberClusters", []))
    every = aws.list("elasticache", "describe_cache_clusters", "CacheClusters")
    return [member for member in every if member["CacheClusterId"] in ids]
