"""Prints an estimate: the priced part, what is charged by use, and what has no price."""

from __future__ import annotations

from ops.core.console import Screen
from ops.core.exits import Exit
from ops.cost.estimate import Estimate
from ops.cost.prices import Prices


def show(screen: Screen, stack: str, found: Estimate, prices: Prices) -> Exit:
    """Print the estimate."""
    screen.document(
        {
            "stack": stack,
            "estimate": True,
            "currency": "USD",
            "region": prices.region,
            "pricesOf": prices.date,
            "source": prices.source,
            "month": round(found.month, 2),
            "lines": [
                {
                    "what": one.what,
                    "quantity": round(one.quantity, 2),
                    "unit": one.unit,
                    "price": one.price,
                    "month": round(one.month, 2),
                }
                for one in found.lines
            ],
            "byUse": dict(found.by_use),
            "unpriced": list(found.unpriced),
        }
    )
    for one in found.lines:
        screen.line(f"{one.month:>9.2f}  {one.what}: {one.quantity:g} {one.unit} at {one.price:g}")
    screen.line(f"{found.month:>9.2f}  USD a month for {stack} in {prices.region}: an estimate, without:")
    for type_, counted in found.by_use.items():
        screen.line(f"           {type_.rpartition(':')[2]}, {counted}")
    for one in found.unpriced:
        screen.line(f"           {one}, without a price in ops/cost/prices.yaml", "yellow")
    screen.line(
        f"Prices on demand as known on {prices.date}, from {prices.source}; not compared with AWS's price "
        "list since. Without tax, discounts, data transfer and free tier."
    )
    return Exit.DONE
