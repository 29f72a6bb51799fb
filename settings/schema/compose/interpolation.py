"""Reads and writes texts of a compose document, in which compose replaces ``$NAME`` and ``${NAME}``."""

from __future__ import annotations

import re
from collections.abc import Iterator

# compose-go v2, template/template.go: the braces end at the last `}` of a text without others between.
_REFERENCE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<named>[_a-z][_a-z0-9]*)"
    r"|\{(?:(?P<braced>[_a-z][_a-z0-9]*)(?P<otherwise>:?[-+][^{}]*|:?\?[^{}]*)?\}|(?P<invalid>)))",
    re.IGNORECASE | re.ASCII,
)


def references(text: str) -> Iterator[str | None]:
    """The variables without which compose would put nothing into a text; None for a form that it refuses."""
    for match in _REFERENCE.finditer(text):
        if match["invalid"] is not None:
            yield None
        elif match["named"]:
            yield match["named"]
        elif match["braced"] and (match["otherwise"] or "?").lstrip(":")[0] == "?":
            yield match["braced"]


def literal(text: str) -> str:
    """A text of which compose replaces nothing."""
    return text.replace("$", "$$")
