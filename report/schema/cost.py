"""The models of what a stack costs."""

from __future__ import annotations

from report.schema.base import Model


class CostLine(Model):
    """One kind of cost of a part: how much of what, at which price."""

    what: str
    quantity: float
    unit: str
    price: float
    """USD for one unit."""
    month: float
    """USD in a month."""


class PartCost(Model):
    """What one part costs."""

    part: str
    """The ID of the part."""
    month: float
    """USD in a month."""
    lines: tuple[CostLine, ...]


class Cost(Model):
    """An estimate of what the stack costs in a month, from a dated table of prices."""

    region: str
    prices_of: str
    """The date of the prices."""
    source: str
    """Where the prices are from."""
    month: float
    """USD in a month, of everything that has a price."""
    parts: tuple[PartCost, ...]
    """The most expensive first."""
    by_use: tuple[str, ...]
    """What is charged by use, and is not in the estimate."""
    unpriced: tuple[str, ...]
    """Resources for which the table has no price."""
