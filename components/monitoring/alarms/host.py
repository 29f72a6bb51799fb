"""The host: alive, with room to breathe, its containers' daemon running, and nobody trying its SSH."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi

from components.monitoring.alarm import Alarm, Metric
from settings.schema.services import HostSettings

AUTH_LOG = "host/auth"
SSH_METRIC = "SshAuthFailure"
SSH_REFUSED = ("Failed password", "Invalid user")
SSH_FAILURES_PER_5_MIN = 5
FULL_MEMORY_PERCENT, FULL_DISK_PERCENT, BUSY_PERCENT = 90, 85, 85
FEW_CREDITS = 20


@dataclass(frozen=True, kw_only=True)
class HostMetrics:
    """The names CloudWatch knows the host by."""

    settings: HostSettings
    group_name: pulumi.Input[str]
    """Its auto scaling group: a new host has the same metrics as the one before."""
    logs: Mapping[str, pulumi.Input[str]]
    """Names of the system's log groups, by what they hold (``host/auth``)."""


def host_alarms(host: HostMetrics, metrics_of: str) -> Iterator[Alarm]:
    """BL1 to BL3, and BL5 where people may come by SSH."""
    group = {"AutoScalingGroupName": host.group_name}
    yield Alarm(
        id="BL1",
        slug="host-down",
        description="The host fails its status checks; the group replaces it.",
        series=Metric(
            namespace="AWS/EC2", name="StatusCheckFailed", dimensions=group, stat="Maximum", period_s=60
        ),
        threshold=1,
        severity="critical",
        periods=2,
        missing="breaching",
    )
    yield from _strain(host, group)
    yield Alarm(
        id="BL3",
        slug="docker-down",
        description="The container daemon does not run, or the host says nothing at all.",
        series=Metric(
            namespace="CWAgent",
            name="procstat_lookup_pid_count",
            dimensions={**group, "pattern": "dockerd"},
            stat="Minimum",
            period_s=60,
        ),
        compare="<",
        threshold=1,
        severity="critical",
        periods=3,
        missing="breaching",
    )
    if host.settings.ssh.enabled:
        yield Alarm(
            id="BL5",
            slug="ssh-refused",
            description="Somebody tries to log in by SSH.",
            series=Metric(namespace=metrics_of, name=SSH_METRIC),
            threshold=SSH_FAILURES_PER_5_MIN,
            severity="warning",
        )


def _strain(host: HostMetrics, group: Mapping[str, pulumi.Input[str]]) -> Iterator[Alarm]:
    for slug, namespace, name, dimensions, limit in (
        ("memory", "CWAgent", "mem_used_percent", group, FULL_MEMORY_PERCENT),
        ("disk", "CWAgent", "disk_used_percent", {**group, "path": "/"}, FULL_DISK_PERCENT),
        ("cpu", "AWS/EC2", "CPUUtilization", group, BUSY_PERCENT),
    ):
        yield Alarm(
            id="BL2",
            slug=f"host-{slug}",
            description=f"The host runs out of {slug}.",
            series=Metric(namespace=namespace, name=name, dimensions=dimensions, stat="Average"),
            compare=">",
            threshold=limit,
            severity="warning",
            periods=3,
        )
    if host.settings.instance_type.startswith("t"):
        yield Alarm(
            id="BL2",
            slug="host-credits",
            description="CPU credits run out: choose a larger type.",
            series=Metric(namespace="AWS/EC2", name="CPUCreditBalance", dimensions=group, stat="Average"),
            compare="<",
            threshold=FEW_CREDITS,
            severity="warning",
            periods=3,
        )
