"""Builds the widgets of the dashboard, for each part of a stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pulumi

from components.monitoring.alarms.database import DatabaseMetrics
from components.monitoring.alarms.host import HostMetrics
from components.monitoring.alarms.load_balancer import ERROR_RATIO, LoadBalancerMetrics
from components.monitoring.alarms.services import ServiceMetrics

Widget = tuple[str, dict[str, Any]]
Series = list[Any]


def graph(title: str, series: Iterable[Series], stat: str, view: str = "timeSeries") -> Widget:
    """A graph of related metrics over periods of five minutes."""
    return "metric", {
        "title": title,
        "metrics": list(series),
        "stat": stat,
        "period": 300,
        "view": view,
    }


def _balancer(load_balancer: LoadBalancerMetrics, metric: str, **how: Any) -> Series:
    return [
        "AWS/ApplicationELB",
        metric,
        "LoadBalancer",
        load_balancer.load_balancer,
        *([how] if how else []),
    ]


def availability_widget(load_balancer: LoadBalancerMetrics) -> Widget:
    """The share of requests that succeed, and the response time."""
    return graph(
        "Availability, error ratio, p95",
        [
            _balancer(load_balancer, "RequestCount", id="requests", visible=False),
            _balancer(load_balancer, "HTTPCode_ELB_5XX_Count", id="own", visible=False),
            _balancer(load_balancer, "HTTPCode_Target_5XX_Count", id="targets", visible=False),
            [{"expression": f"100-{ERROR_RATIO}", "label": "available, percent", "id": "available"}],
            [{"expression": ERROR_RATIO, "label": "server errors, percent", "id": "errors"}],
            _balancer(load_balancer, "TargetResponseTime", stat="p95", label="p95, seconds"),
        ],
        "Sum",
        "singleValue",
    )


def load_balancer_widgets(load_balancer: LoadBalancerMetrics, region: str) -> Iterator[Widget]:
    """Requests, response times, and what the web ACL blocks."""
    counts = ("RequestCount", "HTTPCode_Target_4XX_Count", "HTTPCode_Target_5XX_Count")
    yield graph("Requests", [_balancer(load_balancer, name) for name in counts], "Sum")
    times = [
        _balancer(load_balancer, "TargetResponseTime", stat=stat, label=stat)
        for stat in ("p50", "p95", "p99")
    ]
    yield graph("Response time, seconds", times, "p95")
    if load_balancer.web_acl is not None:
        of = ["WebACL", load_balancer.web_acl, "Region", region, "Rule", "ALL"]
        firewall = [["AWS/WAFV2", name, *of] for name in ("AllowedRequests", "BlockedRequests")]
        yield graph("Firewall", firewall, "Sum")


def service_widgets(services: ServiceMetrics) -> Iterator[Widget]:
    """Running tasks, CPU and memory of the services."""
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


def call_widgets(services: ServiceMetrics) -> Iterator[Widget]:
    """Response times and server errors of the calls between services."""
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


def host_widgets(host: HostMetrics) -> Iterator[Widget]:
    """CPU, memory and disk of the host, and whether its container daemon runs."""
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


def data_widgets(
    database: DatabaseMetrics | None, cache_members: Sequence[pulumi.Input[str]]
) -> Iterator[Widget]:
    """Load of the database and the cache, and logins and commands that the cache rejects."""
    if database is not None:
        of = ["DBInstanceIdentifier", database.identifier]
        for title, metrics in (
            ("Database connections and CPU", ("DatabaseConnections", "CPUUtilization")),
            ("Database latency, seconds", ("ReadLatency", "WriteLatency")),
            ("Database storage and memory, bytes", ("FreeStorageSpace", "FreeableMemory")),
        ):
            yield graph(title, [["AWS/RDS", metric, *of] for metric in metrics], "Average")
    if cache_members:
        series = [
            ["AWS/ElastiCache", metric, "CacheClusterId", member]
            for metric in ("DatabaseMemoryUsagePercentage", "AuthenticationFailures")
            for member in cache_members
        ]
        yield graph("Cache memory and rejected logins", series, "Average")
