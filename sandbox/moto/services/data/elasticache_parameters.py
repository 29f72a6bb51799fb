"""ElastiCache: parameter groups; a parameter with its default value counts as never set."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, answers
from sandbox.moto.memory import memory
from sandbox.moto.missing_operations import Kind, answer_from_memory

DEFAULTS = {
    "activedefrag": "no",
    "activerehashing": "yes",
    "appendonly": "no",
    "cluster-enabled": "no",
    "databases": "16",
    "lazyfree-lazy-eviction": "no",
    "maxmemory-policy": "volatile-lru",
    "notify-keyspace-events": "",
    "slowlog-log-slower-than": "10000",
    "slowlog-max-len": "128",
    "tcp-keepalive": "300",
    "timeout": "0",
}
"""docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html (Valkey and Redis OSS 7)"""
answer_from_memory(
    Kind(
        "elasticache",
        ("CacheParameterGroupName",),
        create="CreateCacheParameterGroup",
        reads="DescribeCacheParameterGroups",
        delete="DeleteCacheParameterGroup",
        arn="arn:aws:elasticache:{region}:{account}:parametergroup:{id}",
        missing="CacheParameterGroupNotFound",
    ),
)


@answers("elasticache", "ModifyCacheParameterGroup")
def set_cache_parameters(asked: Asked) -> Params:
    """Store the values."""
    name = asked.params["CacheParameterGroupName"]
    for item in asked.params.get("ParameterNameValues") or []:
        memory("cache-parameters", asked, name)[item["ParameterName"]] = item.get("ParameterValue", "")
    return {"CacheParameterGroupName": name}


@answers("elasticache", "DescribeCacheParameters")
def cache_parameters(asked: Asked) -> Params:
    """Only the values that differ from their defaults: ElastiCache returns the others as the system's."""
    kept = memory("cache-parameters", asked, asked.params["CacheParameterGroupName"])
    return {
        "Parameters": [
            {"ParameterName": name, "ParameterValue": value, "Source": "user"}
            for name, value in kept.items()
            if DEFAULTS.get(name) != value
        ]
    }
