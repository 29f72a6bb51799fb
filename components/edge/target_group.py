"""The target group of the load balancer: its health checks and its deregistration delay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import lb

from components.options import child_of

# As long as a stopping task still answers.
DRAIN_S = 30


@dataclass(frozen=True, kw_only=True)
class Target:
    """The target group that the load balancer forwards requests to."""

    service: str
    """The service that it belongs to; ``host`` for a host."""
    port: int
    protocol: Literal["HTTP", "HTTPS"]
    kind: Literal["ip", "instance"]
    health_path: str


def target_group(
    owner: pulumi.Resource, name: str, *, vpc_id: pulumi.Input[str], target: Target
) -> lb.TargetGroup:
    """It has no fixed name: a new port needs a second group while the first is in use."""
    return lb.TargetGroup(
        name,
        vpc_id=vpc_id,
        target_type=target.kind,
        port=target.port,
        protocol=target.protocol,
        deregistration_delay=DRAIN_S,
        health_check=lb.TargetGroupHealthCheckArgs(
            enabled=True,
            path=target.health_path,
            port="traffic-port",
            protocol=target.protocol,
            matcher="200",
            interval=15,
            timeout=5,
            healthy_threshold=2,
            unhealthy_threshold=3,
        ),
        opts=child_of(owner),
    )
