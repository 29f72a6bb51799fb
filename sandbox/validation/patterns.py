"""Matches texts against the regular expressions of AWS's models, which are Java's or JavaScript's."""

from __future__ import annotations

from functools import cache

import regex

# Pairs of surrogates, by which Java writes the characters above U+FFFF.
REWRITTEN = {r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF"}


@cache
def compiled(pattern: str) -> regex.Pattern[str] | None:
    """The compiled pattern; None where it is invalid even after rewriting: it is then not checked."""
    for java, python in REWRITTEN.items():
        pattern = pattern.replace(java, python)
    try:
        return regex.compile(pattern)
    except regex.error:
        return None


def matches(pattern: str, text: str, *, whole: bool) -> bool:
    """Whether the text matches: as a whole, as services do it, or in a part, as JSON Schema does it."""
    found = compiled(pattern)
    return found is None or bool(found.fullmatch(text) if whole else found.search(text))
