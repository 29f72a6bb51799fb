"""A measured figure with its limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    what: str
    measured: float
    limit: float
    detail: str
    met: bool
