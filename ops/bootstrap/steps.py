"""Each step looks before it makes, so that running all of them again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops.core.exits import Exit, Stop


@dataclass(frozen=True)
class Repository:
    """The repository whose workflow runs Pulumi; the ids outlive its names."""

    owner: str
    name: str
    owner_id: int
    id: int


class Step:
    """One thing that must exist: ``look`` answers None where it is absent, else what is wrong with it."""

    def __init__(self, what: str, look: Callable[[], list[str] | None], make: Callable[[], None]) -> None:
        self.what, self._look, self._make = what, look, make
        self.wrong = look()

    @property
    def done(self) -> bool:
        """Whether it was right when it was last looked at."""
        return self.wrong == []

    def __str__(self) -> str:
        if self.wrong is None:
            return f"would create {self.what}"
        if self.wrong:
            return f"would mend {self.what}: {', '.join(self.wrong)}"
        return f"right as it is: {self.what}"

    def to_dict(self) -> dict[str, Any]:
        """The step as JSON carries it."""
        return {
            "what": self.what,
            "exists": self.wrong is not None,
            "wrong": self.wrong or [],
            "done": self.done,
        }

    def make(self) -> None:
        """Make or mend it, then look again."""
        self._make()
        self.wrong = self._look()
        if not self.done:
            left = ", ".join(self.wrong or ["absent"])
            raise Stop(
                Exit.PARTLY, f"{self.what} is still not right ({left}): rerun, or look at it in the console"
            )
