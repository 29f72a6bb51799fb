"""The dashboard's rows about what runs: services and the calls between them, or one host."""

from __future__ import annotations

from collections.abc import Iterator

from components.monitoring.alarms.host import HostWatched
from components.monitoring.alarms.services import ServicesWatched
from components.monitoring.widgets import Widget, graph


def service_widgets(services: ServicesWatched) -> Iterator[Widget]:
    """How many tasks run, and how busy they are."""
    for title, source, metric in (
        ("Running tasks", "ECS/ContainerInsights", "RunningTaskCount"),
        ("CPU, percent", "AWS/ECS", "CPUUtilization"),
        ("Memory, percent", "AWS/ECS", "MemoryUtilization"),
    ):
        series = [
            [source, metric, "ClusterName", services.cluster_name, "ServiceName", ecs_name, {"label": name}]
            for name, ecs_name in services.service_names.items()
        ]
        yield graph(title, series, "Average")


def call_widgets(services: ServicesWatched) -> Iterator[Widget]:
    """How quick and how sound the calls between services are."""
    for title, metric, stat in (
        ("Calls between services, p95 ms", "TargetResponseTime", "p95"),
        ("Calls between services, server errors", "HTTPCode_Target_5XX_Count", "Sum"),
    ):
        series = [
            [
                *("AWS/ECS", metric, "ClusterName", services.cluster_name),
                *("ServiceName", services.service_names[caller], "TargetDiscoveryName", callee),
                {"label": f"{caller} to {callee}"},
            ]
            for caller, callee in services.calls
        ]
        if series:
            yield graph(title, series, stat)


def host_widgets(host: HostWatched) -> Iterator[Widget]:
    """How busy and how full the host is, and whether its container daemon runs."""
    group = ["AutoScalingGroupName", host.group_name]
    busy = [
        ["AWS/EC2", "CPUUtilization", *group],
        ["CWAgent", "mem_used_percent", *group],
        ["CWAgent", "disk_used_percent", *group, "path", "/"],
    ]
    yield graph("Host CPU, memory, disk, percent", busy, "Average")
    alive = [
        ["CWAgent", "procstat_lookup_pid_count", *group, "pattern", "dockerd"],
        ["AWS/EC2", "StatusCheckFailed", *group],
    ]
    yield graph("Host alive", alive, "Maximum")
