"""Estimates what a stack costs in a month, from its declared resources and a dated table of prices."""

from ops.cost.estimate import Declared, Estimate, estimate
from ops.cost.prices import Prices, prices_of, regions

__all__ = ["Declared", "Estimate", "Prices", "estimate", "prices_of", "regions"]
