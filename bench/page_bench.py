"""Measures the page of a stack: how long it takes to render, and how much it weighs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from bench.figure import Figure
from report.render import page
from tests.report.declared import report

STACK, RUNS = "prod", 5
LIMIT_S, LIMIT_MB = 1.0, 1.5


def figures() -> Iterator[Figure]:
    """The render time and the weight of the largest shipped stack's page."""
    made = report(STACK)
    detail = f"{len(made.architecture.resources)} resources, {len(made.alarms)} alarms"
    times, text = [], ""
    for _ in range(RUNS):
        began = time.monotonic()
        text = page(made)
        times.append(time.monotonic() - began)
    took, weight = round(statistics.median(times), 3), round(len(text.encode()) / 1e6, 3)
    yield Figure(f"page of {STACK}: render, s (median of {RUNS})", took, LIMIT_S, detail, took <= LIMIT_S)
    yield Figure(f"page of {STACK}: weight, MB", weight, LIMIT_MB, detail, weight <= LIMIT_MB)
