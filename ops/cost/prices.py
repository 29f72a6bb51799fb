"""Reads the dated table of prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ops.core.exits import Exit, Stop

TABLE = Path(__file__).with_name("prices.yaml")


@dataclass(frozen=True, kw_only=True)
class Prices:
    """The prices of one region."""

    region: str
    date: str
    source: str
    table: Mapping[str, Any]
    """Prices by name, some by class or architecture."""
    by_use: Mapping[str, str]
    """What is charged by use, by resource type."""
    free: tuple[str, ...]
    """Starts of the resource types without a price of their own."""

    def flat(self, name: str, kind: str | None = None) -> float:
        """A price that the table has for every region."""
        found = self.of(name, kind)
        if found is None:
            raise LookupError(f"{TABLE.name}: {self.region} has no {name} {kind}")
        return found

    def of(self, name: str, kind: str | None = None) -> float | None:
        """A price; None where the table has none for this class."""
        found = self.table[name]
        return found.get(kind) if isinstance(found, Mapping) else found


@cache
def _document() -> Mapping[str, Any]:
    return yaml.safe_load(TABLE.read_text())


def regions() -> tuple[str, ...]:
    """The regions that have prices."""
    return tuple(_document()["regions"])


def prices_of(region: str) -> Prices:
    """The prices of a region; :class:`Stop` where the table has none."""
    document = _document()
    if region not in document["regions"]:
        known = ", ".join(regions())
        raise Stop(Exit.BAD_INPUT, f"ops/cost/prices.yaml has no prices of {region}; it has {known}")
    return Prices(
        region=region,
        date=document["date"],
        source=document["source"],
        table=document["regions"][region],
        by_use=document["by_use"],
        free=tuple(document["free"]),
    )
