"""One graph of a dashboard, as CloudWatch writes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Widget = tuple[str, dict[str, Any]]
Series = list[Any]


def graph(title: str, series: Iterable[Series], stat: str, view: str = "timeSeries") -> Widget:
    """Metrics that belong together, summed up over five minutes."""
    return "metric", {
        "title": title,
        "metrics": list(series),
        "stat": stat,
        "period": 300,
        "view": view,
    }
