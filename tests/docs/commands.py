"""Finds every command that a page shows: in console and bash blocks, and as code in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
TYPED = re.compile(r"(make|pulumi|python -m|\.venv/bin/\w+|strongroom|aws|git) \S")


def commands_in(text: str) -> list[str]:
    """The commands of one page, without comments, once each."""
    found: list[str] = []
    for language, body in BLOCK.findall(text):
        if language in ("console", "bash"):
            found += _typed(language, body.replace("\\\n", " "))
    found += [span for span in SPAN.findall(BLOCK.sub("", text)) if TYPED.match(span)]
    return list(dict.fromkeys(found))


def _typed(language: str, body: str) -> Iterator[str]:
    for line in body.splitlines():
        command = line.removeprefix("$ ") if language == "bash" or line.startswith("$ ") else ""
        command = re.sub(r"(^|\s+)# .*", "", command)
        if command:
            yield " ".join(command.split())
