"""Loads YAML with the types that Pulumi gives to scalars, and says on which line a file cannot be read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

# libyaml's, where PyYAML was built with it: ten times as fast, and a command reads every stack file.
_FastLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE, _TEXT = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:str"


class Unreadable(Exception):
    """Why a file is not a mapping in YAML, with the line; it quotes keys, and never a value."""


class Loader(_FastLoader):
    """Loads ``no``, ``1:30`` and dates as text, as Pulumi's own parser does, which is not one of YAML 1.1."""

    yaml_implicit_resolvers: ClassVar = {}


for _tag, _pattern, _starts in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_starts))


def load_yaml(text: str) -> Any:
    """Parse a YAML text; :class:`Unreadable` says on which line it cannot be.

    Keys are texts, and each is in its mapping once, because the engine refuses the rest.
    """
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        _check_keys(node, ())
        return None if node is None else loader.construct_document(node)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(f"line {line}: contains a character that YAML does not allow; remove it") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        what = f" ({error.problem})" if error.problem and "'" not in error.problem else ""
        raise Unreadable(f"{where}invalid YAML{what}; check the indentation and quotes") from None
    except (RecursionError, ValueError):
        raise Unreadable("invalid YAML: it is nested too deep") from None


def _check_keys(node: yaml.Node | None, above: tuple[yaml.Node, ...]) -> None:
    if isinstance(node, yaml.SequenceNode | yaml.MappingNode) and any(node is one for one in above):
        raise Unreadable(f"line {node.start_mark.line + 1}: the value contains itself; remove the alias")
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            _check_keys(entry, (*above, node))
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            _check_key(key, lines)
            _check_keys(value, (*above, node))


def _check_key(key: yaml.Node, lines: dict[str, int]) -> None:
    """Check one key of a mapping; what ``<<`` merges in may be there again."""
    line = key.start_mark.line + 1
    if key.tag == _MERGE:
        return
    if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT:
        shown = f" {key.value}" if isinstance(key, yaml.ScalarNode) else ""
        raise Unreadable(f"line {line}: the key{shown} is not a text; write it in quotes")
    if key.value in lines:
        raise Unreadable(
            f"line {line}: the key {key.value} is on line {lines[key.value]} already; keep one of them"
        )
    lines[key.value] = line


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping in a file, empty for an empty file; :class:`Unreadable` for anything else."""
    try:
        return parse_mapping(path.read_bytes())
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None


def parse_mapping(data: bytes) -> dict[str, Any]:
    """The mapping in the content of a file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line}: is not UTF-8; save the file as UTF-8") from None
    return mapping(load_yaml(text))


def mapping(document: Any) -> dict[str, Any]:
    """A parsed document, where it is a mapping or empty."""
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise Unreadable("is not a mapping; a stack file begins with `config:`, and settings below it")
    return document
