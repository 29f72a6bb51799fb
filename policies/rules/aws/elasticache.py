"""ElastiCache: encryption at rest and in transit, user authentication, backups, Multi-AZ."""

from __future__ import annotations

from rules.lib.resource_types import CACHE_CLUSTER, REPLICATION_GROUP
from rules.pack.config import Configuration
from rules.pack.properties import Props, is_one_of, is_set, number, off, on, own_key, values
from rules.pack.rule import A, M, P, Resource, resource_rule

REDIS_PORT = 6379


def _is_memcached(cache: Props) -> bool:
    """Whether it is Memcached, which has no backups and no versions to take automatically."""
    return is_one_of(cache, "engine", "memcached")


def _placed(cache: Resource, _: Configuration) -> list[str]:
    member = cache.type == CACHE_CLUSTER and is_set(cache.props, "replicationGroupId")
    chosen = is_set(cache.props, "subnetGroupName") and cache.props.get("subnetGroupName") != "default"
    return [] if member or chosen else [""]


RULES = [
    resource_rule(
        "redis-at-rest",
        M,
        REPLICATION_GROUP,
        "The cache is encrypted at rest.",
        "set at_rest_encryption_enabled=True",
        holds=lambda cache: on(cache, "atRestEncryptionEnabled"),
        requirements=("A30",),
    ),
    resource_rule(
        "redis-at-rest-cmk",
        A,
        REPLICATION_GROUP,
        "The cache is encrypted at rest with a customer managed key.",
        "set kms_key_id to a customer managed key",
        holds=lambda cache: own_key(cache, "kmsKeyId"),
    ),
    resource_rule(
        "redis-in-transit",
        M,
        REPLICATION_GROUP,
        "The cache accepts TLS connections only.",
        'set transit_encryption_enabled=True, and leave transit_encryption_mode on "required"',
        holds=lambda cache: (
            on(cache, "transitEncryptionEnabled")
            and is_one_of(cache, "transitEncryptionMode", "required", default="required")
        ),
        requirements=("A30",),
    ),
    resource_rule(
        "redis-auth",
        M,
        REPLICATION_GROUP,
        "The cache authenticates its users.",
        "set user_group_ids",
        holds=lambda cache: is_set(cache, "authToken") or bool(values(cache, "userGroupIds")),
        requirements=("A30",),
    ),
    resource_rule(
        "redis-multi-az",
        P,
        REPLICATION_GROUP,
        "The cache fails over to another availability zone.",
        "set multi_az_enabled=True and automatic_failover_enabled=True",
        holds=lambda cache: on(cache, "automaticFailoverEnabled") and on(cache, "multiAzEnabled"),
    ),
    resource_rule(
        "redis-backup",
        P,
        (REPLICATION_GROUP, CACHE_CLUSTER),
        "The cache has automatic backups.",
        "set snapshot_retention_limit",
        holds=lambda cache: _is_memcached(cache) or number(cache, "snapshotRetentionLimit") > 0,
    ),
    resource_rule(
        "redis-minor-upgrade",
        M,
        (REPLICATION_GROUP, CACHE_CLUSTER),
        "The cache takes minor engine versions automatically, because they contain security fixes.",
        "leave auto_minor_version_upgrade on",
        holds=lambda cache: _is_memcached(cache) or not off(cache, "autoMinorVersionUpgrade"),
    ),
    resource_rule(
        "redis-subnet-group",
        M,
        (REPLICATION_GROUP, CACHE_CLUSTER),
        "The cache is in a subnet group that the stack chooses.",
        "set subnet_group_name",
        finds=_placed,
    ),
    resource_rule(
        "redis-non-default-port",
        A,
        REPLICATION_GROUP,
        "The cache does not listen on the default port.",
        "set port to something other than 6379",
        holds=lambda cache: number(cache, "port", REDIS_PORT) != REDIS_PORT,
    ),
]
