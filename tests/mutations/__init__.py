"""Mutations: edits that remove a security property of the program, each with the test that must then fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Mutation:
    """One edit of one file, the test that kills it, and the policies that refuse it at preview."""

    holds: str
    """The property that holds in the program, and no longer with the mutation."""
    file: str
    old: str
    new: str
    test: str
    attack: int | None = None
    """The numbered attack in docs/secrets.md that it allows, if any."""
    finding: int | None = None
    """The finding of docs/requirements.md that it reintroduces, if any."""
    name: str = ""
    """The mistake that it represents, where it has no number."""
    policies: tuple[str, ...] = ()
    """The mandatory policies that refuse a preview of production with it."""

    @property
    def label(self) -> str:
        """Its name on the command line: its attack's number, ``finding-N``, or its name."""
        if self.attack is not None:
            return str(self.attack)
        return self.name if self.finding is None else f"finding-{self.finding}"

    def __str__(self) -> str:
        if self.attack is not None:
            return f"#{self.attack} {self.holds}"
        return self.name if self.finding is None else f"{self.label} {self.holds}"

    def mutated(self, root: Path) -> str:
        """The text of its file under ``root`` with the edit; ``ValueError`` unless ``old`` is there once."""
        text = (root / self.file).read_text()
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"{self}: found {count} times in {self.file}")
        return text.replace(self.old, self.new)


def listed(path: Path) -> list[Mutation]:
    """The mutations of one list."""
    return [
        Mutation(**{**entry, "policies": tuple(entry.get("policies", ()))})
        for entry in yaml.safe_load(path.read_text())
    ]


def mutations(folder: Path = HERE) -> Iterator[Mutation]:
    """Every mutation in the lists of ``folder``: those of attacks by number, then the others."""
    found = [one for path in sorted(folder.glob("*.yaml")) for one in listed(path)]
    yield from sorted(found, key=lambda one: (one.attack is None, one.attack or 0))
