"""Finds known secret values inside a text, in time linear in the length of the text."""

from __future__ import annotations

import base64
from collections import defaultdict
from urllib.parse import quote

_STEP = 8
SHORTEST = 2 * _STEP
"""Shorter values are not searched for, because they match by chance."""


class KnownValues:
    """Known values, also in hex, URL and base64 form.

    Every value is at least two steps long, so wherever it occurs in a text, one whole step-aligned slice of
    the text is a slice of the value's beginning. Only those slices are looked up.
    """

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._slices: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._values)

    def add(self, value: str) -> None:
        """Add a value to search for."""
        if len(value) < SHORTEST or value in self._values:
            return
        self._values.add(value)
        raw = value.encode()
        for form in (value, raw.hex(), quote(value, safe=""), base64.b64encode(raw).decode().rstrip("=")):
            for start in range(_STEP):
                self._slices[form[start : start + _STEP]].add((form, value))

    def within(self, text: str) -> set[str]:
        """The known values that ``text`` contains in any form."""
        if len(text) < SHORTEST:
            return set()
        hits: set[tuple[str, str]] = set()
        for start in range(0, len(text) - _STEP + 1, _STEP):
            hits |= self._slices.get(text[start : start + _STEP], frozenset())
        return {value for form, value in hits if form in text}
