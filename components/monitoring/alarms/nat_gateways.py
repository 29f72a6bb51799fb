"""Alarms on NAT gateways: exhausted ports and dropped packets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulumi

from components.monitoring.alarm import Alarm, Metric

DROPPED_PACKETS = 100


def nat_alarms(gateways: Mapping[str, pulumi.Input[str]]) -> Iterator[Alarm]:
    """Yield the alarms on the NAT gateways."""
    for zone, gateway in gateways.items():
        for metric, slug, threshold in (
            ("ErrorPortAllocation", "ports", 0),
            ("PacketsDropCount", "drops", DROPPED_PACKETS),
        ):
            yield Alarm(
                id="AL18",
                slug=f"nat-{slug}-{zone}",
                description=f"NAT gateway in zone {zone}: {metric} is above its limit.",
                series=Metric(namespace="AWS/NATGateway", name=metric, dimensions={"NatGatewayId": gateway}),
                compare=">",
                threshold=threshold,
                severity="warning",
            )
