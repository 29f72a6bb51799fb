"""Idempotent steps: each compares what exists with what is declared before it changes anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops.core.exits import Exit, Stop


@dataclass(frozen=True)
class Repository:
    """The GitHub repository whose workflow runs Pulumi; its IDs stay the same when it is renamed."""

    owner: str
    name: str
    owner_id: int
    id: int


class Step:
    """One resource that must exist; ``look`` returns None where it does not, else what is wrong with it."""

    def __init__(self, what: str, look: Callable[[], list[str] | None], make: Callable[[], None]) -> None:
        self.what, self._look, self._make = what, look, make
        self.wrong = look()

    @property
    def done(self) -> bool:
        """Whether nothing was wrong when it was last read."""
        return self.wrong == []

    def __str__(self) -> str:
        if self.wrong is None:
            return f"would create {self.what}"
        if self.wrong:
            return f"would correct {self.what}: {', '.join(self.wrong)}"
        return f"unchanged: {self.what}"

    def to_dict(self) -> dict[str, Any]:
        """The step as a JSON object."""
        return {
            "what": self.what,
            "exists": self.wrong is not None,
            "wrong": self.wrong or [],
            "done": self.done,
        }

    def make(self) -> None:
        """Create or correct it, then read it again; :class:`Stop` where it is still wrong."""
        self._make()
        self.wrong = self._look()
        if not self.done:
            left = ", ".join(self.wrong or ["absent"])
            raise Stop(
                Exit.PARTLY, f"{self.what} is still wrong ({left}): run again, or check it in the console"
            )
