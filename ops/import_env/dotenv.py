"""Parses KEY=VALUE lines without variable expansion or command substitution."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ops.import_env.source import Refused

_KEY = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*)", re.DOTALL)
_ESCAPES = {"\\": "\\", '"': '"', "$": "$", "`": "`"}
"""The characters that a backslash escapes inside double quotes, here as in a shell."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One assignment; its repr leaves the value out."""

    number: int
    key: str
    value: str = field(repr=False)
    expandable: bool = False
    """Whether another reader may take a part of it for a variable, a command or a comment."""


def parse(data: bytes) -> list[Line]:
    """Every assignment in order; :class:`Refused` names all bad lines by number."""
    problems: list[str] = []
    if data.startswith(_BOM):
        problems.append("line 1: starts with a byte order mark; save the file without one")
        data = data.removeprefix(_BOM)
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for number, raw in enumerate(data.split(b"\n"), 1):
        try:
            line = _line(number, raw)
        except Refused as refused:
            problems += refused.reasons
            continue
        if line is None:
            continue
        if line.key in seen:
            problems.append(f"line {number}: repeats the key of line {seen[line.key]}")
        seen.setdefault(line.key, number)
        lines.append(line)
    if problems:
        raise Refused(*problems)
    return lines


def _line(number: int, raw: bytes) -> Line | None:
    if b"\0" in raw:
        raise Refused(f"line {number}: contains a NUL byte")
    if b"\r" in raw:
        raise Refused(f"line {number}: contains a carriage return; save the file with Unix line endings")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Refused(f"line {number}: is not UTF-8") from None
    if not text.strip() or text.lstrip().startswith("#"):
        return None
    match = _KEY.fullmatch(text.strip())
    if match is None:
        raise Refused(f"line {number}: is not KEY=VALUE")
    key, value = match.groups()
    return Line(number, key, _value(number, value), _expandable(value))


def _expandable(text: str) -> bool:
    if text[:1] == "'":
        return False
    if text[:1] == '"':
        return re.search(r"(?<!\\)(?:\\\\)*[$`]", text) is not None
    return re.search(r"[$`#]", text) is not None


def _value(number: int, text: str) -> str:
    if text[:1] in ("'", '"'):
        return _quoted(number, text)
    if re.search(r"\s", text):
        # Readers of .env files differ on where such a value ends.
        raise Refused(f"line {number}: a value with a space must be quoted")
    if "'" in text or '"' in text:
        raise Refused(f"line {number}: a quote inside an unquoted value; quote the whole value")
    return text


def _quoted(number: int, text: str) -> str:
    quote, value, position = text[0], [], 1
    while position < len(text) and text[position] != quote:
        character = text[position]
        if character == "\\" and quote == '"':
            position += 1
            escaped = text[position : position + 1]
            if escaped not in _ESCAPES:
                raise Refused(
                    f"line {number}: an escape that readers interpret differently; use single quotes"
                )
            character = escaped
        value.append(character)
        position += 1
    if position >= len(text):
        raise Refused(f"line {number}: a quote is not closed on its line")
    rest = text[position + 1 :].strip()
    if rest and not rest.startswith("#"):
        raise Refused(f"line {number}: text after the closing quote")
    return "".join(value)
