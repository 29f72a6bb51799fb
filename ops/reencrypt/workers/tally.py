"""Counts what was done to a column, page by page and over all workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ops.reencrypt.page import Poison, Renewed
from ops.reencrypt.write import Written

KEPT_POISON: Final = 10_000
"""Rows that a report names one by one; beyond it only counts, so that memory stays flat."""


@dataclass
class Tally:
    """What a pass did to one column."""

    found: int = 0
    """Rows to write that the database did not refuse."""
    reformatted: int = 0
    """Of them those under the current key already, in the other format."""
    written: int = 0
    busy: int = 0
    """Ranges that another process holds."""
    poison_count: int = 0
    poison: list[Poison] = field(default_factory=list)

    @classmethod
    def of_page(cls, page: Renewed, written: Written) -> Tally:
        """What one page adds."""
        poison = page.poison + written.refused
        found = len(page.keys) - len(written.refused)
        return cls(found, min(page.reformatted, found), written.rows, 0, len(poison), poison)

    @property
    def conflicts(self) -> int:
        """Rows that somebody else changed, or held, between our reading and our writing."""
        return self.found - self.written

    @property
    def old(self) -> int:
        """Rows that were under another key, or plain text."""
        return self.found - self.reformatted

    def add(self, other: Tally) -> None:
        """Sum up what two workers did."""
        self.found += other.found
        self.reformatted += other.reformatted
        self.written += other.written
        self.busy += other.busy
        self.poison_count += other.poison_count
        self.poison += other.poison[: KEPT_POISON - len(self.poison)]
