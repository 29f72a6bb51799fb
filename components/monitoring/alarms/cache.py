"""Alarms on the members of the cache: CPU, memory, evictions, replication lag and refused logins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pulumi

from components.monitoring.alarm import Alarm, Metric

FULL_PERCENT = 80
LAG_S = 5

_STRAIN: tuple[tuple[str, str, str, float], ...] = (
    ("EngineCPUUtilization", "cpu", "Average", FULL_PERCENT),
    ("DatabaseMemoryUsagePercentage", "memory", "Average", FULL_PERCENT),
    ("Evictions", "evictions", "Sum", 0),
    ("ReplicationLag", "lag", "Maximum", LAG_S),
)
_REFUSALS = (
    ("AuthenticationFailures", "auth-failures"),
    ("CommandAuthorizationFailures", "forbidden-commands"),
)


def cache_alarms(members: Sequence[pulumi.Input[str]]) -> Iterator[Alarm]:
    """Yield the alarms on every node of the cache."""
    for number, member in enumerate(members, 1):
        node = f"node-{number}"
        for metric, slug, stat, threshold in _STRAIN:
            yield Alarm(
                id="AL17",
                slug=f"cache-{slug}-{node}",
                description=f"Cache {node}: {metric} is above its limit.",
                series=_node(metric, member, stat),
                compare=">",
                threshold=threshold,
                severity="warning",
            )
        for metric, slug in _REFUSALS:
            yield Alarm(
                id="AL17",
                slug=f"cache-{slug}-{node}",
                description=f"Cache {node} rejected a login or a command: {metric}.",
                series=_node(metric, member, "Sum"),
                threshold=1,
                severity="critical",
            )


def _node(metric: str, member: pulumi.Input[str], stat: str) -> Metric:
    return Metric(namespace="AWS/ElastiCache", name=metric, dimensions={"CacheClusterId": member}, stat=stat)
