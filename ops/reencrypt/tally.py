"""Counts what a pass, or a whole run, did to one column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from encryption_keys.cipher import BUDGET, BUDGET_WARNING
from ops.reencrypt.page import Poison
from ops.reencrypt.target import Target

KEPT_POISON: Final = 10_000
"""Rows that a report names one by one; beyond it only counts, so that memory stays flat."""


@dataclass
class Tally:
    """What a pass, or a whole run, did to one column."""

    seen: int = 0
    found: int = 0
    written: int = 0
    busy: int = 0
    poison_count: int = 0
    poison: list[Poison] = field(default_factory=list)

    @property
    def conflicts(self) -> int:
        """Rows that somebody else changed, or held, between our reading and our writing."""
        return self.found - self.written

    def add(self, other: Tally) -> None:
        """Sum up what two workers did."""
        self.seen += other.seen
        self.found += other.found
        self.written += other.written
        self.busy += other.busy
        self.poison_count += other.poison_count
        self.poison += other.poison[: KEPT_POISON - len(self.poison)]


@dataclass
class Outcome:
    """One column's end: what was written over all passes, and what stays unreadable."""

    target: Target
    passes: int = 0
    written: int = 0
    conflicts: int = 0
    poison_count: int = 0
    poison: list[Poison] = field(default_factory=list)

    @property
    def warnings(self) -> list[str]:
        """What the operator should know although nothing failed."""
        if self.written < BUDGET_WARNING:
            return []
        return [f"{self.target}: {self.written} encryptions under one key, of {BUDGET}: rotate it"]
