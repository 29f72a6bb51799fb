"""What the dashboard asks, row by row: is it up, is it quick, who is busy, what do the logs say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.monitoring.alarms.database import DatabaseWatched
from components.monitoring.alarms.host import HostWatched
from components.monitoring.alarms.load_balancer import DoorWatched
from components.monitoring.alarms.services import ServicesWatched
from components.monitoring.dashboard_workload import call_widgets, host_widgets, service_widgets
from components.monitoring.log_filters import SIGNALS, namespace
from components.monitoring.widgets import Series, Widget, graph
from settings.names import Names

MOST_ALARMS = 100
"""What one alarm widget shows."""

_REASONS = (
    "fields coalesce(event, message) as what, reason, service "
    "| filter outcome = 'failure' or level in ['WARN', 'ERROR', 'warn', 'error'] "
    "| stats count(*) as lines by what, reason, service | sort lines desc | limit 20"
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The parts of a stack that a dashboard shows."""

    names: Names
    alarms: Sequence[str]
    """AWS names of the alarms, the loudest first."""
    logs: Mapping[str, pulumi.Input[str]]
    services: ServicesWatched | None
    host: HostWatched | None
    door: DoorWatched | None
    database: DatabaseWatched | None
    cache: Sequence[pulumi.Input[str]]
    """Ids of the cache's nodes."""


def rows(shown: Shown) -> Iterator[list[Widget]]:
    """The widgets of every row; a part that a stack lacks leaves its row empty or out."""
    names, door = shown.names, shown.door
    base = f"arn:aws:cloudwatch:{names.region}:{names.account_id}:alarm:"
    alarms = [base + name for name in shown.alarms[:MOST_ALARMS]]
    status: list[Widget] = [("alarm", {"title": "Alarms", "alarms": alarms})] if alarms else []
    if door is None:
        yield status
    else:
        yield [*status, _felt_by_users(door)]
        yield list(_edge(door, names.region))
    if shown.services is not None:
        yield list(service_widgets(shown.services))
        yield list(call_widgets(shown.services))
    if shown.host is not None:
        yield list(host_widgets(shown.host))
    yield list(_data(shown))
    if shown.logs:
        own = namespace(names.prefix)
        yield [
            graph("What the logs count", [[own, signal.metric] for signal in SIGNALS], "Sum"),
            ("log", {"title": "Reasons", "view": "table", "query": _query(shown.logs)}),
        ]


def _query(logs: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    sources = [pulumi.Output.concat("SOURCE '", group, "' | ") for group in logs.values()]
    return pulumi.Output.concat(*sources, _REASONS)


def _balancer(door: DoorWatched, metric: str, **how: Any) -> Series:
    return ["AWS/ApplicationELB", metric, "LoadBalancer", door.load_balancer, *([how] if how else [])]


def _felt_by_users(door: DoorWatched) -> Widget:
    ratio = "100*(FILL(own,0)+FILL(targets,0))/requests"
    return graph(
        "Availability, error ratio, p95",
        [
            _balancer(door, "RequestCount", id="requests", visible=False),
            _balancer(door, "HTTPCode_ELB_5XX_Count", id="own", visible=False),
            _balancer(door, "HTTPCode_Target_5XX_Count", id="targets", visible=False),
            [{"expression": f"100-{ratio}", "label": "available, percent", "id": "available"}],
            [{"expression": ratio, "label": "server errors, percent", "id": "errors"}],
            _balancer(door, "TargetResponseTime", stat="p95", label="p95, seconds"),
        ],
        "Sum",
        "singleValue",
    )


def _edge(door: DoorWatched, region: str) -> Iterator[Widget]:
    counts = ("RequestCount", "HTTPCode_Target_4XX_Count", "HTTPCode_Target_5XX_Count")
    yield graph("Requests", [_balancer(door, name) for name in counts], "Sum")
    times = [_balancer(door, "TargetResponseTime", stat=stat, label=stat) for stat in ("p50", "p95", "p99")]
    yield graph("Response time, seconds", times, "p95")
    if door.web_acl is not None:
        of = ["WebACL", door.web_acl, "Region", region, "Rule", "ALL"]
        firewall = [["AWS/WAFV2", name, *of] for name in ("AllowedRequests", "BlockedRequests")]
        yield graph("Firewall", firewall, "Sum")


def _data(shown: Shown) -> Iterator[Widget]:
    if shown.database is not None:
        of = ["DBInstanceIdentifier", shown.database.identifier]
        for title, metrics in (
            ("Database connections and CPU", ("DatabaseConnections", "CPUUtilization")),
            ("Database latency, seconds", ("ReadLatency", "WriteLatency")),
            ("Database storage and memory, bytes", ("FreeStorageSpace", "FreeableMemory")),
        ):
            yield graph(title, [["AWS/RDS", metric, *of] for metric in metrics], "Average")
    if shown.cache:
        series = [
            ["AWS/ElastiCache", metric, "CacheClusterId", member]
            for metric in ("DatabaseMemoryUsagePercentage", "AuthenticationFailures")
            for member in shown.cache
        ]
        yield graph("Cache memory and refusals", series, "Average")
