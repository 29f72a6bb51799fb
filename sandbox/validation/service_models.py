"""Checks parameters against botocore's model: required, enumeration, pattern, length and range.

botocore itself checks types, required members and minimums only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.validation.patterns import matches
from sandbox.validation.problem import Problem, shown

NUMBERS = ("integer", "long", "float", "double")
SIZED = {"string": "characters", "blob": "bytes", "list": "items", "map": "entries"}


def problems(shape: Any, value: Any, path: str = "") -> Iterator[Problem]:
    """Everything in ``value`` that the shape does not allow; types are botocore's own check."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        yield from _members(shape, value, path)
    elif kind == "list" and isinstance(value, list | tuple):
        yield from _size(shape, value, path)
        for number, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}[{number}]")
    elif kind == "map" and isinstance(value, dict):
        yield from _size(shape, value, path)
        for key, item in value.items():
            yield from problems(shape.key, key, f"{path}.{key}")
            yield from problems(shape.value, item, f"{path}.{key}")
    elif kind == "string" and isinstance(value, str):
        yield from _text(shape, value, path)
    elif kind == "blob" and isinstance(value, bytes | bytearray):
        yield from _size(shape, value, path)
    elif kind in NUMBERS and isinstance(value, int | float):
        yield from _range(shape, value, path)


def _members(shape: Any, value: dict[str, Any], path: str) -> Iterator[Problem]:
    lead = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield Problem(f"{lead}{name}", "required")
    for name, item in value.items():
        if name in shape.members and item is not None:
            yield from problems(shape.members[name], item, f"{lead}{name}")


def _text(shape: Any, value: str, path: str) -> Iterator[Problem]:
    yield from _size(shape, value, path)
    hidden = bool(shape.metadata.get("sensitive"))
    allowed = shape.enum
    if allowed and value not in allowed:
        words = ", ".join(sorted(allowed)) if len(allowed) <= 12 else f"one of {len(allowed)} values"
        yield Problem(path, f"must be {words}, not {shown(path, value, sensitive=hidden)}")
    pattern = shape.metadata.get("pattern")
    if pattern and not matches(pattern, value, whole=True):
        yield Problem(path, f"{shown(path, value, sensitive=hidden)} must match {pattern}")


def _size(shape: Any, value: Any, path: str) -> Iterator[Problem]:
    low, high, unit = shape.metadata.get("min"), shape.metadata.get("max"), SIZED[shape.type_name]
    if low is not None and len(value) < low:
        yield Problem(path, f"{len(value)} {unit}, at least {low}")
    if high is not None and len(value) > high:
        yield Problem(path, f"{len(value)} {unit}, at most {high}")


def _range(shape: Any, value: float, path: str) -> Iterator[Problem]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield Problem(path, f"{value}, at least {low}")
    if high is not None and value > high:
        yield Problem(path, f"{value}, at most {high}")
