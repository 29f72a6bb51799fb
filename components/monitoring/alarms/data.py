"""Cache members and NAT gateways: room, calm, and nobody trying passwords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pulumi

from components.monitoring.alarm import Alarm, Metric

FULL_PERCENT = 80
LAG_S = 5
DROPPED_PACKETS = 100

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
    """AL17, for every member."""
    for number, member in enumerate(members, 1):
        node = f"node-{number}"
        for metric, slug, stat, threshold in _STRAIN:
            yield Alarm(
                row="AL17",
                slug=f"cache-{slug}-{node}",
                says=f"The cache's {node} is strained: {metric}.",
                series=_node(metric, member, stat),
                compare=">",
                threshold=threshold,
                severity="warning",
            )
        for metric, slug in _REFUSALS:
            yield Alarm(
                row="AL17",
                slug=f"cache-{slug}-{node}",
                says=f"The cache's {node} refused somebody: {metric}.",
                series=_node(metric, member, "Sum"),
                threshold=1,
                severity="critical",
            )


def _node(metric: str, member: pulumi.Input[str], stat: str) -> Metric:
    return Metric(namespace="AWS/ElastiCache", name=metric, dimensions={"CacheClusterId": member}, stat=stat)


def nat_alarms(gateways: Mapping[str, pulumi.Input[str]]) -> Iterator[Alarm]:
    """The NAT gateways' part of AL18."""
    for zone, gateway in gateways.items():
        for metric, slug, threshold in (
            ("ErrorPortAllocation", "ports", 0),
            ("PacketsDropCount", "drops", DROPPED_PACKETS),
        ):
            yield Alarm(
                row="AL18",
                slug=f"nat-{slug}-{zone}",
                says=f"The NAT gateway of zone {zone} is strained: {metric}.",
                series=Metric(namespace="AWS/NATGateway", name=metric, dimensions={"NatGatewayId": gateway}),
                compare=">",
                threshold=threshold,
                severity="warning",
            )
