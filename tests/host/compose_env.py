"""Reads ``.env`` files as docker compose does: a port of the parser of compose-go, package ``dotenv``.

Decision 032 says how the two were compared. ``format: raw`` is left out.
"""

from __future__ import annotations

import re

_ESCAPES = re.compile(r'\\(?:[abcfnrtv$"\\]|0\d{0,3})')
_NAME = re.compile(r"(?:export\s+)?([\w.\-\[\]]*)[\t\v\f\r \x85\xa0]*(=|:|\n|\Z)")
_CONTROLS = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    '"': '"',
    "\\": "\\",
}
_EXPANSION = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<named>[_a-zA-Z]\w*)|\{(?:(?P<braced>[_a-zA-Z]\w*)\}|(?P<invalid>)))", re.A
)


def read_by_compose(text: str) -> dict[str, str]:
    """The variables that compose reads from the text of an ``.env`` file."""
    found: dict[str, str] = {}
    rest = text
    while rest := re.sub(r"\A(?:\s+|#[^\n]*)+", "", rest):
        name = _NAME.match(rest)
        if name is None:
            raise ValueError("unexpected character in a variable name")
        rest = rest[name.end() :]
        if name[2] in ("\n", ""):  # inherited from the environment of compose
            continue
        rest = rest.lstrip("\t\v\f\r \x85\xa0")
        value, rest = _quoted(rest, found) if rest[:1] in ("'", '"') else _unquoted(rest, found)
        found[name[1].strip()] = value
    return found


def _unquoted(rest: str, known: dict[str, str]) -> tuple[str, str]:
    line, _, rest = rest.partition("\n")
    return _expanded(line.partition(" #")[0].rstrip(), known), rest


def _quoted(rest: str, known: dict[str, str]) -> tuple[str, str]:
    quote, kept, escaping = rest[0], "", False
    for position in range(1, len(rest)):
        one = rest[position]
        if one == quote and not escaping:
            return (_expanded(_unescaped(kept), known) if quote == '"' else kept), rest[position + 1 :]
        if one != quote and one == "\\" and not escaping:
            escaping = True
            continue
        kept += f"\\{one}" if escaping and one != quote else one
        escaping = False
    raise ValueError("unterminated quoted value")


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        rest = match[0][1:]
        if rest == "$":
            return "$$"
        if rest[0] == "0":
            return chr(int(rest[1:], 8)) if len(rest) == 4 else f"\\{rest[1:]}"
        return _CONTROLS.get(rest, match[0])

    return _ESCAPES.sub(one, text)


def _expanded(text: str, known: dict[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        if match["invalid"] is not None:
            raise ValueError("invalid interpolation format")
        return "$" if match["escaped"] else known.get(match["named"] or match["braced"], "")

    return _EXPANSION.sub(one, text)
