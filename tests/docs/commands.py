"""Finds every command that a page shows: in console and bash blocks, and as code in a sentence."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

BLOCK = re.compile(r"^([ ]*)```(\w*)\n(.*?)^\1```", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
TYPED = re.compile(r"(make|pulumi|python -m|\.venv/bin/\w+|strongroom|aws|git) \S")


def commands_in(text: str) -> list[str]:
    """The commands of one page, without comments, once each."""
    found: list[str] = []
    for _, language, body in BLOCK.findall(text):
        if language in ("console", "bash"):
            found += _typed(language, body.replace("\\\n", " "))
    found += [span for span in SPAN.findall(BLOCK.sub("", text)) if TYPED.match(span)]
    return list(dict.fromkeys(found))


def _typed(language: str, body: str) -> Iterator[str]:
    """Of a console block the lines after a prompt, of a bash block every line, each with its open quotes."""
    lines = iter(body.splitlines())
    for line in lines:
        line = line.strip()
        if language == "console" and not line.startswith("$ "):
            continue
        command = re.sub(r"(^|\s+)# .*", "", line.removeprefix("$ "))
        while _is_open(command):
            command += f" {next(lines)}"
        if command:
            yield " ".join(command.split())


def _is_open(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:
        return True
    return False
