"""Alarms on the host: status checks, memory, disk, CPU, container daemon, installation and SSH logins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi

from components.monitoring.alarm import Alarm, Metric
from settings.host_env import MISSING_PARTS
from settings.schema.services import HostSettings

AUTH_LOG = "host/auth"
SSH_METRIC = "SshAuthFailure"
SSH_REFUSED = ("Failed password", "Invalid user", "authenticating user", "maximum authentication attempts")
"""Of sshd. With keys alone it logs no failure of a user that exists, only that a connection ended while
the user was authenticating."""
SSH_FAILURES_PER_5_MIN = 5
FULL_MEMORY_PERCENT, FULL_DISK_PERCENT, BUSY_PERCENT = 90, 85, 85
FEW_CREDITS = 20


@dataclass(frozen=True, kw_only=True)
class HostMetrics:
    """Settings, Auto Scaling group and log groups of the host."""

    settings: HostSettings
    group_name: pulumi.Input[str]
    """Name of its Auto Scaling group, under which a new host continues the same metrics."""
    namespace: str
    """The namespace of the metrics that the host itself reports."""
    logs: Mapping[str, pulumi.Input[str]]
    """Names of the system's log groups, by what they contain (``host/auth``)."""


def host_alarms(host: HostMetrics, metrics_of: str) -> Iterator[Alarm]:
    """Yield the alarms on the host; the one on SSH only where SSH is enabled."""
    group = {"AutoScalingGroupName": host.group_name}
    yield Alarm(
        id="BL1",
        slug="host-down",
        description="The host fails its status checks; Auto Scaling replaces it.",
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
        description="The container daemon does not run, or the host sends no metrics.",
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
    yield Alarm(
        id="BL6",
        slug="host-incomplete",
        description="The host lacks a part of its installation, or reports nothing: run ops verify.",
        series=Metric(
            namespace=host.namespace, name=MISSING_PARTS, dimensions=group, stat="Maximum", period_s=300
        ),
        threshold=1,
        severity="critical",
        periods=3,
        # Without the AWS CLI a host cannot report.
        missing="breaching",
    )
    if host.settings.ssh.enabled:
        yield Alarm(
            id="BL5",
            slug="ssh-refused",
            description="SSH logins are refused: somebody may be guessing passwords.",
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
            description=f"The host's {slug} usage is high.",
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
            description="The host's CPU credits run out: choose a larger instance type.",
            series=Metric(namespace="AWS/EC2", name="CPUCreditBalance", dimensions=group, stat="Average"),
            compare="<",
            threshold=FEW_CREDITS,
            severity="warning",
            periods=3,
        )
