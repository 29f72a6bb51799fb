"""Builds the dashboard of one stack: alarms, availability, each part of the stack, causes from the logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.monitoring.alarms.database import DatabaseMetrics
from components.monitoring.alarms.host import HostMetrics
from components.monitoring.alarms.load_balancer import LoadBalancerMetrics
from components.monitoring.alarms.services import ServiceMetrics
from components.monitoring.log_filters import SIGNALS, namespace
from components.monitoring.widgets import (
    Widget,
    availability_widget,
    call_widgets,
    data_widgets,
    graph,
    host_widgets,
    load_balancer_widgets,
    service_widgets,
)
from settings.names import Names

WIDTH, HEIGHT = 24, 6
MOST_ALARMS = 100
"""The most alarms that CloudWatch accepts in one alarm widget."""

_REASONS = (
    "fields coalesce(event, message) as what, reason, service "
    "| filter outcome = 'failure' or level in ['WARN', 'ERROR', 'warn', 'error'] "
    "| stats count(*) as lines by what, reason, service | sort lines desc | limit 20"
)


@dataclass(frozen=True, kw_only=True)
class DashboardParts:
    """The parts of a stack that a dashboard shows."""

    names: Names
    alarms: Sequence[str]
    """Names of the alarms that notify, critical ones first."""
    logs: Mapping[str, pulumi.Input[str]]
    services: ServiceMetrics | None
    host: HostMetrics | None
    load_balancer: LoadBalancerMetrics | None
    database: DatabaseMetrics | None
    cache_members: Sequence[pulumi.Input[str]]
    """Cache cluster ids of the nodes."""


def dashboard_name(names: Names) -> str:
    """``shop-prod``."""
    return names.part(names.environment)


def dashboard_url(names: Names) -> str:
    """The URL of the dashboard in the console."""
    console = f"https://{names.region}.console.aws.amazon.com/cloudwatch/home?region={names.region}"
    return f"{console}#dashboards/dashboard/{dashboard_name(names)}"


def dashboard_body(shown: DashboardParts) -> pulumi.Output[str]:
    """The dashboard body as CloudWatch's JSON."""
    region = shown.names.region
    widgets: list[dict[str, Any]] = []
    for number, row in enumerate(row for row in _rows(shown) if row):
        width = WIDTH // len(row)
        for column, (kind, properties) in enumerate(row):
            place = {"x": column * width, "y": number * HEIGHT, "width": width, "height": HEIGHT}
            widgets.append({"type": kind, **place, "properties": {"region": region, **properties}})
    return pulumi.Output.json_dumps({"widgets": widgets})


def _rows(shown: DashboardParts) -> Iterator[list[Widget]]:
    """The widgets row by row; a part that the stack lacks has none."""
    names, load_balancer = shown.names, shown.load_balancer
    base = f"arn:aws:cloudwatch:{names.region}:{names.account_id}:alarm:"
    alarms = [base + name for name in shown.alarms[:MOST_ALARMS]]
    status: list[Widget] = [("alarm", {"title": "Alarms", "alarms": alarms})] if alarms else []
    if load_balancer is None:
        yield status
    else:
        yield [*status, availability_widget(load_balancer)]
        yield list(load_balancer_widgets(load_balancer, names.region))
    if shown.services is not None:
        yield list(service_widgets(shown.services))
        yield list(call_widgets(shown.services))
    if shown.host is not None:
        yield list(host_widgets(shown.host))
    yield list(data_widgets(shown.database, shown.cache_members))
    if shown.logs:
        own = namespace(names.prefix)
        yield [
            graph("Events counted in the logs", [[own, signal.metric] for signal in SIGNALS], "Sum"),
            ("log", {"title": "Reasons", "view": "table", "query": _query(shown.logs)}),
        ]


def _query(logs: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    sources = [pulumi.Output.concat("SOURCE '", group, "' | ") for group in logs.values()]
    return pulumi.Output.concat(*sources, _REASONS)
