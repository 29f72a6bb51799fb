"""Edits single values of a stack file and keeps its comments, order and quoting."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ops.core.atomic_write import replace
from ops.core.exits import Exit, Stop
from settings.stack_file import NAMESPACE
from settings.yaml_text import Loader, Unreadable, load_yaml

SECRETS = f"{NAMESPACE}secrets"
NEW_FILE = 0o640
_NUMBER = re.compile(r"""(?P<quote>["']?)[0-9]+(?P=quote)""")
_FLOW_LIST = re.compile(r"\[[^\[\]#]*\]")


def with_number(text: str, secret: str, field: str, value: int) -> str:
    """The file's text with one number of a declared secret replaced, or added on a new line."""
    entry, lines = _entry(text, secret), text.splitlines(keepends=True)
    if field in entry.fields:
        mark = entry.fields[field].start_mark
        found = _NUMBER.match(lines[mark.line], mark.column)
        if found is None:
            raise _refusal(secret, field, value)
        shown = f"{found['quote']}{value}{found['quote']}"
        lines[mark.line] = lines[mark.line][: mark.column] + shown + lines[mark.line][found.end() :]
    else:
        _insert(lines, entry, f"{field}: {value}")

    def change(plain: dict[str, Any]) -> None:
        plain[field] = str(value) if isinstance(plain.get(field), str) else value

    return _checked(text, "".join(lines), secret, field, value, change)


def with_revoked(text: str, secret: str, generation: int) -> str:
    """The file's text with one more generation in the ``revoked`` list of a declared secret."""
    entry, lines = _entry(text, secret), text.splitlines(keepends=True)
    known = load_yaml(text)["config"][SECRETS][secret].get("revoked") or []
    declared = entry.fields.get("revoked")
    if declared is None:
        _insert(lines, entry, f"revoked: [{generation}]")
    elif found := _FLOW_LIST.match(lines[declared.start_mark.line], declared.start_mark.column):
        shown, line = f"[{', '.join(map(str, [*known, generation]))}]", declared.start_mark.line
        lines[line] = lines[line][: declared.start_mark.column] + shown + lines[line][found.end() :]
    elif isinstance(declared, yaml.SequenceNode) and declared.value:
        mark = declared.value[-1].start_mark
        _append(lines, mark.line, lines[mark.line][: mark.column] + str(generation))
    else:
        raise _refusal(secret, "revoked", generation)

    def change(plain: dict[str, Any]) -> None:
        plain["revoked"] = [*known, generation]

    return _checked(text, "".join(lines), secret, "revoked", generation, change)


def read(path: Path) -> str:
    """The file's text with its line endings as they are."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def save(path: Path, text: str) -> None:
    """Replace the file atomically and keep its mode; a new file gets mode 0640."""
    mode = path.stat().st_mode & 0o777 if path.exists() else NEW_FILE
    replace(path, text, mode=mode, prefix=f".{path.name}.")


@dataclass(frozen=True)
class _Entry:
    """A secret's mapping in the text: the YAML nodes of its keys and values."""

    keys: dict[str, yaml.Node]
    fields: dict[str, yaml.Node]
    in_braces: bool


def _entry(text: str, secret: str) -> _Entry:
    try:
        node = yaml.compose(text, Loader=Loader)
    except yaml.YAMLError:
        node = None
    for name in ("config", SECRETS, secret):
        node = _fields(node).get(name)
    if not isinstance(node, yaml.MappingNode):
        raise Stop(Exit.BAD_INPUT, f"{secret} is not declared under strongroom:secrets of the stack file")
    keys = {key.value: key for key, _ in node.value}
    return _Entry(keys, _fields(node), bool(node.flow_style))


def _fields(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _insert(lines: list[str], entry: _Entry, declared: str) -> None:
    """Insert a field after ``generation``, or after ``kind``, which every secret has."""
    mark = entry.keys["generation" if "generation" in entry.keys else "kind"].start_mark
    if entry.in_braces:
        line = lines[mark.line]
        lines[mark.line] = f"{line[: mark.column]}{declared}, {line[mark.column :]}"
    else:
        _append(lines, mark.line, " " * mark.column + declared)


def _append(lines: list[str], line: int, declared: str) -> None:
    body = lines[line].rstrip("\r\n")
    end = lines[line][len(body) :] or "\n"
    lines[line] = body + end
    lines.insert(line + 1, declared + end)


def _checked(
    before: str, after: str, secret: str, field: str, value: int, change: Callable[[dict[str, Any]], None]
) -> str:
    """``after``; :class:`Stop` unless it is YAML that differs from ``before`` by the change alone."""
    wanted = load_yaml(before)
    change(wanted["config"][SECRETS][secret])
    try:
        same = load_yaml(after) == wanted
    except Unreadable:
        same = False
    if not same:
        raise _refusal(secret, field, value)
    return after


def _refusal(secret: str, field: str, value: int) -> Stop:
    where = f"secrets.{secret}.{field}"
    return Stop(
        Exit.BAD_INPUT, f"{where} cannot be edited safely in the form it is written in: set {value} by hand"
    )
