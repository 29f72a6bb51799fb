"""Edits single values of a stack file and keeps its comments, order and quoting."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ops.core.atomic_write import replace
from ops.core.exits import Exit, Stop
from settings.stack_file import NAMESPACE

SECRETS = f"{NAMESPACE}secrets"
NEW_FILE = 0o640
_NUMBER = re.compile(r"""(?P<quote>["']?)[0-9]+(?P=quote)""")
_FLOW_LIST = re.compile(r"\[[^\[\]#]*\]")


def with_number(text: str, secret: str, field: str, value: int) -> str:
    """The file's text with one number of a declared secret replaced, or added on a new line."""
    entry, lines = _entry(text, secret), text.splitlines(keepends=True)
    if field in entry.lc.data:
        line, column = entry.lc.value(field)
        found = _NUMBER.match(lines[line], column)
        if found is None:
            raise _refusal(secret, field, value)
        shown = f"{found['quote']}{value}{found['quote']}"
        lines[line] = lines[line][:column] + shown + lines[line][found.end() :]
    else:
        _insert(lines, entry, f"{field}: {value}")

    def change(plain: dict[str, Any]) -> None:
        plain[field] = str(value) if isinstance(plain.get(field), str) else value

    return _checked(text, "".join(lines), secret, field, value, change)


def with_revoked(text: str, secret: str, generation: int) -> str:
    """The file's text with one more generation in the ``revoked`` list of a declared secret."""
    entry, lines = _entry(text, secret), text.splitlines(keepends=True)
    listed = list(entry.get("revoked") or ())
    if "revoked" not in entry.lc.data:
        _insert(lines, entry, f"revoked: [{generation}]")
    elif (found := _FLOW_LIST.match(lines[(place := entry.lc.value("revoked"))[0]], place[1])) is not None:
        shown = f"[{', '.join(map(str, [*listed, generation]))}]"
        lines[place[0]] = lines[place[0]][: place[1]] + shown + lines[place[0]][found.end() :]
    elif listed:
        line, column = entry["revoked"].lc.item(len(listed) - 1)
        _append(lines, line, lines[line][:column] + str(generation))
    else:
        raise _refusal(secret, "revoked", generation)

    def change(plain: dict[str, Any]) -> None:
        plain["revoked"] = [*listed, generation]

    return _checked(text, "".join(lines), secret, "revoked", generation, change)


def read(path: Path) -> str:
    """The file's text with its line endings as they are."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def save(path: Path, text: str) -> None:
    """Replace the file atomically and keep its mode; a new file gets mode 0640."""
    mode = path.stat().st_mode & 0o777 if path.exists() else NEW_FILE
    replace(path, text, mode=mode, prefix=f".{path.name}.")


def _entry(text: str, secret: str) -> Any:
    try:
        return YAML(typ="rt").load(text)["config"][SECRETS][secret]
    except (YAMLError, LookupError, TypeError):
        raise Stop(
            Exit.BAD_INPUT, f"{secret} is not declared under strongroom:secrets of the stack file"
        ) from None


def _insert(lines: list[str], entry: Any, declared: str) -> None:
    """Insert a field after ``generation``, or after ``kind``, which every secret has."""
    anchor = "generation" if "generation" in entry.lc.data else "kind"
    line, column = entry.lc.key(anchor)
    if entry.fa.flow_style():
        lines[line] = f"{lines[line][:column]}{declared}, {lines[line][column:]}"
    else:
        _append(lines, line, " " * column + declared)


def _append(lines: list[str], line: int, declared: str) -> None:
    body = lines[line].rstrip("\r\n")
    end = lines[line][len(body) :] or "\n"
    lines[line] = body + end
    lines.insert(line + 1, declared + end)


def _checked(
    before: str, after: str, secret: str, field: str, value: int, change: Callable[[dict[str, Any]], None]
) -> str:
    """``after``; :class:`Stop` unless it is YAML that differs from ``before`` by the change alone."""
    wanted = copy.deepcopy(yaml.safe_load(before))
    change(wanted["config"][SECRETS][secret])
    try:
        same = yaml.safe_load(after) == wanted
    except yaml.YAMLError:
        same = False
    if not same:
        raise _refusal(secret, field, value)
    return after


def _refusal(secret: str, field: str, value: int) -> Stop:
    where = f"secrets.{secret}.{field}"
    return Stop(
        Exit.BAD_INPUT, f"{where} cannot be edited safely in the form it is written in: set {value} by hand"
    )
