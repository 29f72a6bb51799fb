"""The options of a run, checked before a connection to the database is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from encryption_keys import Format
from ops.core.exits import Exit, Stop
from ops.reencrypt.page import PAGE_BYTES, PAGE_ROWS
from ops.reencrypt.target import Inventory, Target

Mode = Literal["legacy", "enc2"]


@dataclass(frozen=True)
class Plan:
    """The columns to re-encrypt, and the options of the run."""

    inventory: Inventory
    mode: Mode | None = None
    """The format to write; by default the one that each column declares."""
    workers: int = 1
    parts: int | None = None
    """The number of ranges that each table is divided into; by default one per worker."""
    page_rows: int = PAGE_ROWS
    page_bytes: int = PAGE_BYTES
    """Limit for the values that all workers together have in memory."""
    rows_per_s: float | None = None
    encrypt_plaintext: bool = False
    locked: bool = True
    """False only in tests, which show that concurrent runs without range locks lose no row."""

    def __post_init__(self) -> None:
        if not self.targets:
            where = f"secrets.{self.inventory.secret}.encryptedColumns"
            raise Stop(Exit.BAD_INPUT, f"nothing to do: the stack file declares no {where}")
        numbers = {"workers": self.workers, "page": self.page_rows, "parts": self.parts}
        for name, value in {**numbers, "page-bytes": self.page_bytes}.items():
            if value is not None and value < 1:
                raise Stop(Exit.BAD_INPUT, f"--{name} must be 1 or more, not {value}")
        if self.rows_per_s is not None and self.rows_per_s <= 0:
            raise Stop(Exit.BAD_INPUT, f"--rate must be more than 0 rows/s, not {self.rows_per_s}")
        for target in self.targets:
            if self.mode == "enc2" and target.envelope == "legacy":
                raise Stop(
                    Exit.REFUSED,
                    f"mode enc2: the readers of {target} are not declared `envelope: enc2`: they would take "
                    "it for plain text",
                )
            if self.mode == "legacy" and target.envelope == "enc2-only":
                raise Stop(
                    Exit.REFUSED,
                    f"mode legacy: {target} is declared `envelope: enc2-only`, which refuses ENC:",
                )

    @property
    def targets(self) -> tuple[Target, ...]:
        """The columns to re-encrypt."""
        return self.inventory.targets

    def form(self, target: Target) -> Format:
        """The format in which a column's values are written."""
        return "ENC" if (self.mode or target.envelope) == "legacy" else "ENC2"

    @property
    def needs_window(self) -> bool:
        """Whether a maintenance window is needed: readers of ``ENC:`` values accept one key only."""
        return any(self.form(target) == "ENC" for target in self.targets)

    @property
    def bytes_per_worker(self) -> int:
        """Limit for the values of one page."""
        return max(1, self.page_bytes // self.workers)
