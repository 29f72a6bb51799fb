"""Compares two sets of inputs as a provider does: by meaning, with unknown values counted as changed."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pulumi
from pulumi.output import Unknown

PATH_PARTS = re.compile(r'\["([^"]+)"\]|\[(\d+|\*)\]|([^.\[\]]+)')


@dataclass(frozen=True)
class Change:
    """What differs between the state and the program for one resource, and what that requires."""

    changed: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    """Changed properties that require a new resource."""
    unsupported: tuple[str, ...] = ()
    """Changed properties that the table cannot update."""
    delete_first: bool = False

    def __bool__(self) -> bool:
        return bool(self.changed)


def archive_bytes(value: Any) -> bytes:
    """An asset or archive as the bytes that go to AWS; equal content gives equal bytes."""
    if isinstance(value, pulumi.FileArchive) and str(value.path).endswith(".zip"):
        return Path(value.path).read_bytes()
    if isinstance(value, pulumi.FileAsset):
        return Path(value.path).read_bytes()
    if isinstance(value, pulumi.StringAsset):
        return value.text.encode()
    files: dict[str, bytes] = {}
    if isinstance(value, pulumi.AssetArchive):
        for name, part in value.assets.items():
            if isinstance(part, pulumi.AssetArchive | pulumi.FileArchive):
                with zipfile.ZipFile(BytesIO(archive_bytes(part))) as inner:
                    files |= {f"{name}/{item}": inner.read(item) for item in inner.namelist()}
            else:
                files[name] = archive_bytes(part)
    elif isinstance(value, pulumi.FileArchive):
        root = Path(value.path)
        found = (
            path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
        )
        files = {str(path.relative_to(root)): path.read_bytes() for path in found}
    else:
        raise TypeError(f"{type(value).__name__} is not an asset or archive")
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return buffer.getvalue()


def with_assets(outputs: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs of an unchanged resource with the program's assets; a saved state has their digests."""
    assets = {key: value for key, value in inputs.items() if isinstance(value, pulumi.Asset | pulumi.Archive)}
    return outputs | {key: value for key, value in assets.items() if key in outputs}


def canonical(value: Any) -> Any:
    """A JSON value in which equal meaning is equal text; assets are their digests."""
    if isinstance(value, pulumi.Asset | pulumi.Archive):
        return {"digest": hashlib.sha256(archive_bytes(value)).hexdigest()}
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in sorted(value.items()) if item is not None}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def meaning(value: Any) -> Any:
    """The value with JSON texts read."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return canonical(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, dict):
        return {key: meaning(item) for key, item in value.items()}
    return [meaning(item) for item in value] if isinstance(value, list) else value


def written(value: Any) -> str:
    """The value as JSON text, because in Python ``True == 1``."""
    return json.dumps(meaning(canonical(value)), sort_keys=True, default=str)


def has_unknown(value: Any) -> bool:
    """Whether the value, or a part of it, is unknown in a preview."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)


def changed(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, ...]:
    """Top-level properties that differ."""
    found = []
    for key in sorted(old.keys() | new.keys()):
        if key.startswith("__"):
            continue
        before, after = old.get(key), new.get(key)
        if has_unknown(after) or written(before) != written(after):
            found.append(key)
    return tuple(found)


def _parts(path: str) -> list[str]:
    return [quoted or index or word for quoted, index, word in PATH_PARTS.findall(path)]


def keep_ignored(old: dict[str, Any], new: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """``new`` with the values that ``ignore_changes`` names taken from ``old``."""
    if "*" in paths:
        return dict(old)
    out = dict(new)
    for path in paths:
        _keep(old, out, _parts(path))
    return out


def _keep(old: Any, new: dict[str, Any], parts: list[str]) -> None:
    head, rest = parts[0], parts[1:]
    if not rest:
        if isinstance(old, dict) and head in old:
            new[head] = old[head]
        else:
            new.pop(head, None)
        return
    inner = new.get(head)
    if isinstance(inner, dict):
        new[head] = dict(inner)
        _keep(old.get(head) if isinstance(old, dict) else None, new[head], rest)
