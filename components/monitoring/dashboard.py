"""One page a stack: from alarms and what users feel down to the reasons in the logs, a row a question."""

from __future__ import annotations

from typing import Any

import pulumi

from components.monitoring.dashboard_rows import Shown, rows
from settings.names import Names

WIDTH, HEIGHT = 24, 6


def dashboard_name(names: Names) -> str:
    """``aiponge-prod``."""
    return names.part(names.environment)


def dashboard_url(names: Names) -> str:
    """Where the dashboard opens."""
    console = f"https://{names.region}.console.aws.amazon.com/cloudwatch/home?region={names.region}"
    return f"{console}#dashboards/dashboard/{dashboard_name(names)}"


def dashboard_body(shown: Shown) -> pulumi.Output[str]:
    """The dashboard as CloudWatch's JSON."""
    region = shown.names.region
    widgets: list[dict[str, Any]] = []
    for number, row in enumerate(row for row in rows(shown) if row):
        width = WIDTH // len(row)
        for column, (kind, properties) in enumerate(row):
            place = {"x": column * width, "y": number * HEIGHT, "width": width, "height": HEIGHT}
            widgets.append({"type": kind, **place, "properties": {"region": region, **properties}})
    return pulumi.Output.json_dumps({"widgets": widgets})
