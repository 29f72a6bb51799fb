"""Counts the rows of a pass over a column, summed over pages and workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ops.reencrypt.page import Poison, Renewed
from ops.reencrypt.write import Written

KEPT_POISON: Final = 10_000
"""Rows that are listed individually; more are only counted, so that the memory used stays constant."""


@dataclass
class Tally:
    """The result of a pass over one column."""

    found: int = 0
    """Rows to write, without those that the database rejected."""
    reformatted: int = 0
    """Rows of ``found`` that have the current key already, in the other format."""
    written: int = 0
    busy: int = 0
    """Ranges that another process has locked."""
    poison_count: int = 0
    poison: list[Poison] = field(default_factory=list)

    @classmethod
    def of_page(cls, page: Renewed, written: Written) -> Tally:
        """The result of one page."""
        poison = page.poison + written.refused
        found = len(page.keys) - len(written.refused)
        return cls(found, min(page.reformatted, found), written.rows, 0, len(poison), poison)

    @property
    def conflicts(self) -> int:
        """Rows that another session changed or locked after they were read."""
        return self.found - self.written

    @property
    def old(self) -> int:
        """Rows under another key, or in plain text."""
        return self.found - self.reformatted

    def add(self, other: Tally) -> None:
        """Add the result of another page, range or worker."""
        self.found += other.found
        self.reformatted += other.reformatted
        self.written += other.written
        self.busy += other.busy
        self.poison_count += other.poison_count
        self.poison += other.poison[: KEPT_POISON - len(self.poison)]
