"""Checks parameters against limits that no model states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jmespath

from sandbox.validation.limit_rows import ROWS, Row
from sandbox.validation.patterns import matches
from sandbox.validation.problem import Problem, shown

OF_CALL: dict[str, list[Row]] = {}
for _row in ROWS:
    for _call in _row.calls.split():
        OF_CALL.setdefault(_call, []).append(_row)


def problems(model: Any, params: dict[str, Any]) -> Iterator[Problem]:
    """What exceeds a limit of the table, or is a name of a form that AWS does not take."""
    for row in OF_CALL.get(f"{model.service_model.service_name}.{model.name}", ()):
        if row.when and not jmespath.search(row.when, params):
            continue
        found = jmespath.search(row.path, params)
        for value in (found or ()) if "[]" in row.path else [found]:
            if value is not None:
                yield from _of_row(row, value)


def _of_row(row: Row, value: Any) -> Iterator[Problem]:
    size, path = row.measure(value), "parameters" if row.path == "@" else row.path
    if size > row.limit.value:
        yield Problem(path, f"{size} {row.limit.unit}, at most {row.limit.value}", row.limit.source)
    if size < row.at_least:
        yield Problem(path, f"{size} {row.limit.unit}, at least {row.at_least}", row.limit.source)
    if row.pattern and not matches(row.pattern, value, whole=True):
        yield Problem(path, f"{shown(path, value)} must match {row.pattern}", row.limit.source)
