"""Reads the dates from which AWS deprecates a version, from ``policies/deprecations.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "deprecations.yaml"


@dataclass(frozen=True)
class Deprecations:
    """The dates of one list, and the day on which they were last compared with their source."""

    source: str
    checked: date
    dates: Mapping[str, date]

    def deprecated(self, name: str, today: date | None = None) -> bool:
        """Whether the list has a name whose date has come."""
        ends = self.dates.get(name)
        return ends is not None and ends <= (today or date.today())

    def supported(self, today: date | None = None) -> list[str]:
        """The names whose date has not come."""
        return [name for name in self.dates if not self.deprecated(name, today)]


@cache
def read() -> Mapping[str, Deprecations]:
    """Every list, by name."""
    lists: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return {name: Deprecations(**fields) for name, fields in lists.items()}
