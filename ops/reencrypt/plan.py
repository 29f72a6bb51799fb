"""A plan that could do harm, or nothing, is refused before the database is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ops.core.exits import Exit, Stop
from ops.reencrypt.page import PAGE_ROWS
from ops.reencrypt.target import Target

Mode = Literal["legacy", "enc2"]


@dataclass(frozen=True)
class Plan:
    """What to renew and how."""

    targets: tuple[Target, ...]
    mode: Mode
    envelope: Mode = "legacy"
    """The newest format that every reader is declared to understand."""
    workers: int = 1
    parts: int | None = None
    """Parts of the key space, when several processes share one table; one a worker by default."""
    page_rows: int = PAGE_ROWS
    rows_per_s: float | None = None
    encrypt_plaintext: bool = False
    locked: bool = True
    """Off only to show that two runs at once are wasteful and not harmful."""

    def __post_init__(self) -> None:
        if not self.targets:
            raise Stop(Exit.BAD_INPUT, "nothing to do: give at least one --target")
        for name, value in (("workers", self.workers), ("page", self.page_rows), ("parts", self.parts)):
            if value is not None and value < 1:
                raise Stop(Exit.BAD_INPUT, f"--{name} must be 1 or more, not {value}")
        if self.rows_per_s is not None and self.rows_per_s <= 0:
            raise Stop(Exit.BAD_INPUT, f"--rate must be more than 0 rows/s, not {self.rows_per_s}")
        if self.mode == "enc2" and self.envelope != "enc2":
            raise Stop(
                Exit.REFUSED,
                "mode enc2: the readers are not declared `envelope: enc2`: they would take it for plain text",
            )
