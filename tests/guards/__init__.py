"""The guards against each numbered attack on a secret, and the test that fails once a guard is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Guard:
    """One guard in the program, how it is taken away, and the test that must then fail."""

    attack: int
    holds: str
    """What is so with the guard, and no longer without."""
    file: str
    old: str
    new: str
    test: str

    def taken_away(self, root: Path) -> str:
        """Its file's text under ``root`` without it; ``ValueError`` unless it stands there once."""
        text = (root / self.file).read_text()
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"#{self.attack} {self.holds}: found {count} times in {self.file}")
        return text.replace(self.old, self.new)


def guards(folder: Path = HERE) -> Iterator[Guard]:
    """Every guard of the lists in ``folder``, in the attacks' order."""
    found = [Guard(**entry) for path in folder.glob("*.yaml") for entry in yaml.safe_load(path.read_text())]
    yield from sorted(found, key=lambda guard: guard.attack)
