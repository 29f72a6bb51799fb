"""Reads resource properties as the engine sends them: unknown values, numbers as floats, booleans as text."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy.proxy import UnknownValueError

Props = Mapping[str, Any]

# Type tokens of the same AWS resource: rules use the first, and apply to all of them.
_SAME = {"aws:alb/": "aws:lb/"}
_VERSIONED = ("aws:s3/",)


def canonical(type_: str) -> str:
    """The type token that rules use for a resource type."""
    for prefix, meant in _SAME.items():
        if type_.startswith(prefix):
            return meant + type_.removeprefix(prefix)
    if type_.startswith(_VERSIONED) and type_.endswith("V2"):
        path, _, noun = type_.removesuffix("V2").rpartition(":")
        return f"{path.removesuffix('V2')}:{noun}"
    return type_


def is_set(props: Props, key: str) -> bool:
    """Whether ``key`` has a value, which may be known only after the update."""
    try:
        return props.get(key) not in (None, "")
    except UnknownValueError:
        return True


def own_key(props: Props, key: str) -> bool:
    """Whether ``key`` names a customer managed KMS key."""
    try:
        value = props.get(key)
    except UnknownValueError:
        return True  # a key made in the same update
    return isinstance(value, str) and value != "" and "alias/aws/" not in value


def known(props: Props, key: str) -> bool:
    """Whether the value of ``key`` is known now; that of an absent key is."""
    try:
        props.get(key)
    except UnknownValueError:
        return False
    return True


def on(props: Props, key: str) -> bool:
    """Whether ``key`` is true (or the text "true")."""
    value = props.get(key)
    return value is True or value == "true"


def off(props: Props, key: str) -> bool:
    """Whether ``key`` is explicitly false (or the text "false"); absent is not."""
    value = props.get(key)
    return value is False or value == "false"


def number(props: Props, key: str, default: float = 0.0) -> float:
    """A number, also where the provider takes it as text."""
    value = props.get(key)
    try:
        read = default if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return default
    return read if math.isfinite(read) else default


def text(props: Props, key: str) -> str:
    """A text, empty when absent."""
    value = props.get(key)
    return value if isinstance(value, str) else ""


def word(props: Props, key: str) -> str:
    """A value of an enumeration in lower case, also where it is a number; empty when absent."""
    value = props.get(key)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).lower() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def is_one_of(props: Props, key: str, *accepted: str, default: str = "") -> bool:
    """Whether an enumeration, or the default that AWS applies, is one of those that are accepted."""
    return (word(props, key) or default.lower()) in {each.lower() for each in accepted}


def is_description(value: str) -> bool:
    """Whether a description is set and is not the provider's default."""
    return value not in ("", "Managed by Pulumi")


def part(props: Props, key: str) -> Props:
    """A nested object, empty when absent, the first when the provider keeps a list of one."""
    value = props.get(key)
    if isinstance(value, Mapping):
        return value
    found = values(props, key)
    return found[0] if found and isinstance(found[0], Mapping) else {}


def values(props: Props, key: str) -> Sequence[Any]:
    """A list; empty when absent, with one item for a single value."""
    value = props.get(key)
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    return (value,)


def provider_list(props: Props, key: str) -> Sequence[Any]:
    """A list, or one that a provider resource has as JSON text."""
    value = props.get(key)
    return json.loads(value) if isinstance(value, str) and value.startswith("[") else values(props, key)


def parts(props: Props, *keys: str) -> list[Props]:
    """The nested objects of a list, or of the lists of several keys."""
    return [value for key in keys for value in values(props, key) if isinstance(value, Mapping)]


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each string in ``value`` with its path; unknown values are skipped."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key in value:
            try:
                inner = value[key]
            except UnknownValueError:
                continue
            yield from strings(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, Sequence):
        for index in range(len(value)):
            try:
                inner = value[index]
            except UnknownValueError:
                continue
            yield from strings(inner, f"{path}[{index}]")
