"""Converts Pulumi inputs, which follow Terraform, to the parameters of botocore's model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pulumi

KEYISH = ("key", "tagkey", "name", "parametername")
VALUEISH = ("value", "tagvalue", "parametervalue")


def _spellings(key: str) -> Iterator[str]:
    """Singular and plural forms: Terraform writes ``rules`` where AWS writes ``rule``, and the reverse."""
    low = key.lower().replace("_", "")
    stem = re.sub("s$", "", low)
    yield from (low, low + "s", low + "es", re.sub("ies$", "y", low), re.sub("es$", "", low), stem)
    yield from (re.sub("y$", "ies", low), low + "list", stem + "list")


@lru_cache(maxsize=4096)
def _member(members: tuple[str, ...], key: str) -> str | None:
    low = {member.lower(): member for member in members}
    return next((low[form] for form in _spellings(key) if form in low), None)


def member(shape: Any, key: str) -> str | None:
    """The member of a botocore structure for a Pulumi property."""
    return _member(tuple(shape.members), key)


def pair(shape: Any) -> tuple[str, str] | None:
    """(key member, value member) where a structure is a pair like a tag."""
    if shape.type_name != "structure":
        return None
    low = {m.lower(): m for m in shape.members}
    key = next((low[word] for word in KEYISH if word in low), None)
    value = next((low[word] for word in VALUEISH if word in low), None)
    return (key, value) if key and value else None


def renames(text: str) -> dict[str, str]:
    """``"a:B c.d:E"`` as a mapping."""
    return dict(item.rsplit(":", 1) for item in text.split())


def convert(
    shape: Any,
    value: Any,
    rename: dict[str, str] | None = None,
    lost: list[str] | None = None,
    path: str = "",
) -> Any:
    """``value`` in the form of ``shape``; paths without a place in it are added to ``lost``."""
    rename, lost = rename or {}, lost if lost is not None else []
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, value, rename, lost, path)
    if kind == "list":
        return _list(shape, value, rename, lost, path)
    if kind == "map":
        return {str(k): convert(shape.value, v, rename, lost, path) for k, v in value.items()}
    return _scalar(kind, value)


def _structure(shape: Any, value: Any, rename: dict[str, str], lost: list[str], path: str) -> dict[str, Any]:
    if isinstance(value, list):  # a Terraform block list where AWS has one structure
        value = value[0] if value else {}
    if not isinstance(value, dict):  # for example a boolean where AWS has {"Enabled": boolean}
        want = "boolean" if isinstance(value, bool) else "string"
        return {next(name for name, part in shape.members.items() if part.type_name == want): value}
    out: dict[str, Any] = {}
    for key, item in value.items():
        where = f"{path}.{key}" if path else key
        to = rename.get(where) or rename.get(f"*.{key}") or member(shape, key)
        if to == "-" or item is None:
            continue
        *parents, leaf = (to or "?").split(".")
        node, target = shape, out
        for parent in parents:  # "BudgetLimit.Amount" addresses a member of a structure
            node, target = node.members[parent], target.setdefault(parent, {})
        if leaf not in node.members:
            lost.append(where)
            continue
        target[leaf] = convert(node.members[leaf], item, rename, lost, where)
    return out


def _list(shape: Any, value: Any, rename: dict[str, str], lost: list[str], path: str) -> list[Any]:
    names = pair(shape.member)
    if names and isinstance(value, dict) and not any(_property(shape.member, key) for key in value):
        part = shape.member.members[names[1]]
        return [{names[0]: str(key), names[1]: convert(part, item)} for key, item in value.items()]
    items = value if isinstance(value, list) else [value]
    return [convert(shape.member, item, rename, lost, path) for item in items]


def _property(shape: Any, key: str) -> bool:
    """Whether a key is a property of the structure; a dimension or tag may be called ``Name``."""
    return key[:1].islower() and member(shape, key) is not None


def _scalar(kind: str, value: Any) -> Any:
    match kind:
        case "integer" | "long":
            return int(float(value))
        case "float" | "double":
            return float(value)
        case "boolean":
            return value if isinstance(value, bool) else str(value).lower() in ("true", "enabled", "1")
        case "blob":
            if isinstance(value, pulumi.StringAsset):
                return value.text.encode()
            return value if isinstance(value, bytes) else str(value).encode()
        case "string":
            if isinstance(value, bool):
                return str(value).lower()
            if isinstance(value, float) and value.is_integer():
                return str(int(value))
            return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
    return value


def plain(value: Any) -> Any:
    """Convert integers that arrive as protobuf doubles back to ``int``."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value
