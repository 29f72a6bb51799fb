"""Rules for a text or a number of a stack file, each with its source, as validators of pydantic."""

from __future__ import annotations

import re
from dataclasses import dataclass

AWS_DOCS = "https://docs.aws.amazon.com/"


@dataclass(frozen=True)
class Text:
    """A pattern that the whole text must match; ``expected`` completes "must be ..." and gives an example."""

    pattern: str
    expected: str
    source: str

    def __call__(self, value: str) -> str:
        """The value; ValueError where it does not match."""
        if not self.matches(value):
            raise ValueError(f"must be {self.expected}")
        return value

    def matches(self, value: str) -> bool:
        """Whether the whole text matches."""
        return re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True)
class Words:
    """Words that the text must not be; ``refused`` completes "is ..."."""

    words: frozenset[str]
    refused: str
    source: str

    def __call__(self, value: str) -> str:
        """The value; ValueError where it is one of the words."""
        if value.lower() in self.words:
            raise ValueError(f"is {self.refused}; choose another")
        return value


@dataclass(frozen=True)
class Numbers:
    """The only numbers that are allowed."""

    allowed: tuple[int, ...]
    what: str
    source: str

    def __call__(self, value: int) -> int:
        """The value; ValueError, with the nearest allowed numbers, where it is not allowed."""
        if value in self.allowed:
            return value
        below = [number for number in self.allowed if number < value][-1:]
        above = [number for number in self.allowed if number > value][:1]
        near = " or ".join(map(str, below + above))
        raise ValueError(f"{self.what} no such number of days; write {near}")
