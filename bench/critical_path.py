"""Schedules the declared resources and compares the time of ``up`` with the longest chain of dependencies.

The creation times are rounded typical values, not measured here; only their ratios matter.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from tests.harness import Deployment, Registered

DEFAULT_S = 3.0
CREATE_S: Mapping[str, float] = {
    "aws:rds/instance:Instance": 900,
    "aws:elasticache/replicationGroup:ReplicationGroup": 660,
    "aws:lb/loadBalancer:LoadBalancer": 180,
    "aws:ec2/natGateway:NatGateway": 120,
    "aws:ec2/vpcEndpoint:VpcEndpoint": 90,
    "aws:acm/certificateValidation:CertificateValidation": 180,
    "aws:elasticache/userGroup:UserGroup": 60,
    "aws:autoscaling/group:Group": 240,
    "aws:lambda/invocation:Invocation": 60,
    "aws:lambda/function:Function": 20,
    "aws:wafv2/webAcl:WebAcl": 10,
    "aws:ec2/vpc:Vpc": 12,
    "aws:ec2/internetGateway:InternetGateway": 6,
    "aws:kms/key:Key": 20,
    "aws:ecs/service:Service": 5,
    "aws:ecs/cluster:Cluster": 12,
    "aws:route53/record:Record": 35,
    "aws:servicediscovery/httpNamespace:HttpNamespace": 35,
}
NEEDED = frozenset(
    {
        # AWS refuses the first, or it does not work, before the second exists.
        ("Eip", "InternetGateway"),
        ("NatGateway", "InternetGateway"),
        ("FlowLog", "RolePolicy"),
        ("Instance", "LogGroup"),
        ("ReplicationGroup", "LogGroup"),
        ("SecretPolicy", "SecretVersion"),
        ("Service", "RolePolicy"),
        ("Service", "Listener"),
        ("Service", "VpcEndpoint"),
        ("Service", "Route"),
        ("Service", "SecretVersion"),
        ("Service", "Invocation"),
        ("Invocation", "SecretRotation"),
        ("SecretRotation", "Permission"),
        ("Function", "LogGroup"),
        ("Function", "RolePolicy"),
        ("Service", "Service"),
        ("LoadBalancer", "BucketPolicy"),
        ("Trail", "BucketPolicy"),
        ("Trail", "RolePolicy"),
        ("BucketObjectLockConfiguration", "BucketVersioning"),
        ("Recorder", "RolePolicyAttachment"),
        ("DeliveryChannel", "Recorder"),
        ("DeliveryChannel", "RolePolicy"),
        ("DeliveryChannel", "BucketPolicy"),
        ("RecorderStatus", "DeliveryChannel"),
        ("Group", "RolePolicy"),
        ("Group", "Parameter"),
        ("Group", "Listener"),
    }
)
"""Dependencies between types that no property expresses."""


@dataclass(frozen=True)
class Paths:
    """Seconds of the longest chain of dependencies, and of a run with a limited number of workers."""

    longest_s: float
    makespan_s: float
    chain: tuple[str, ...]

    @property
    def ratio(self) -> float:
        """1 when no resource waits for more than its dependencies."""
        return self.makespan_s / self.longest_s


def seconds(resource: Registered) -> float:
    """Typical seconds to create the resource; 0 for components."""
    if resource.type.startswith("strongroom:"):
        return 0.0
    if resource.type.startswith(("random:", "pulumi:")):
        return 0.1
    return CREATE_S.get(resource.type, DEFAULT_S)


def needed(resource: Registered, by_urn: Mapping[str, Registered]) -> set[str]:
    """URNs of the resources that must exist first: those in its properties, and the known dependencies."""
    found = {urn for urns in resource.property_dependencies.values() for urn in urns}
    kind = resource.type.rsplit(":", 1)[1]
    found |= {
        urn
        for urn in resource.depends_on
        if urn in by_urn and (kind, by_urn[urn].type.rsplit(":", 1)[1]) in NEEDED
    }
    return found & by_urn.keys()


def paths(deployment: Deployment, *, parallel: int = 64) -> Paths:
    """Schedule the recorded graph as the engine does: up to ``parallel`` resources at a time."""
    by_urn = {resource.urn: resource for resource in deployment.resources}
    finish: dict[str, float] = {}
    via: dict[str, str | None] = {}

    def chain_end(urn: str) -> float:
        if urn not in finish:
            before = needed(by_urn[urn], by_urn)
            last = max(before, key=chain_end, default=None)
            via[urn] = last
            finish[urn] = (finish[last] if last else 0.0) + seconds(by_urn[urn])
        return finish[urn]

    end = max(by_urn, key=chain_end)
    chain: list[str] = []
    step: str | None = end
    while step is not None:
        chain.append(f"{by_urn[step].name} ({by_urn[step].type.rsplit(':', 1)[1]})")
        step = via[step]
    return Paths(finish[end], _makespan(by_urn, parallel), tuple(reversed(chain)))


def _makespan(by_urn: Mapping[str, Registered], parallel: int) -> float:
    waits = {
        urn: ({u for us in r.property_dependencies.values() for u in us} | r.depends_on)
        & by_urn.keys() - {urn}
        for urn, r in by_urn.items()
    }
    waiters: dict[str, list[str]] = {urn: [] for urn in by_urn}
    for urn, before in waits.items():
        for one in before:
            waiters[one].append(urn)
    ready = [urn for urn in by_urn if not waits[urn]]
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < parallel:
            urn = ready.pop(0)
            heapq.heappush(running, (now + seconds(by_urn[urn]), urn))
        now, done = heapq.heappop(running)
        for urn in waiters[done]:
            waits[urn] = waits[urn] - {done}
            if not waits[urn]:
                ready.append(urn)
    return now
