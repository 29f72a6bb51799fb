"""Reads properties as the engine sends them: unknowns that raise, numbers as floats, booleans as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy.proxy import UnknownValueError

Props = Mapping[str, Any]

# One AWS thing under several tokens: every rule names the first and sees them all.
_SAME = {"aws:alb/": "aws:lb/"}
_VERSIONED = ("aws:s3/",)


def canonical(type_: str) -> str:
    """The one token that rules use for a resource type."""
    for prefix, meant in _SAME.items():
        if type_.startswith(prefix):
            return meant + type_.removeprefix(prefix)
    if type_.startswith(_VERSIONED) and type_.endswith("V2"):
        path, _, noun = type_.removesuffix("V2").rpartition(":")
        return f"{path.removesuffix('V2')}:{noun}"
    return type_


def is_set(props: Props, key: str) -> bool:
    """Whether ``key`` has a value, counting one that is known only after the update."""
    try:
        return props.get(key) not in (None, "")
    except UnknownValueError:
        return True


def own_key(props: Props, key: str) -> bool:
    """Whether ``key`` names a KMS key that is not an AWS managed one."""
    try:
        value = props.get(key)
    except UnknownValueError:
        return True  # a key made in the same update
    return isinstance(value, str) and value != "" and "alias/aws/" not in value


def known(props: Props, key: str) -> bool:
    """Whether ``key`` can be read now (an absent one can: it reads as None)."""
    try:
        props.get(key)
    except UnknownValueError:
        return False
    return True


def on(props: Props, key: str) -> bool:
    """Whether ``key`` is switched on; nothing but true (or the text "true") counts."""
    value = props.get(key)
    return value is True or value == "true"


def off(props: Props, key: str) -> bool:
    """Whether ``key`` is switched off in so many words; absent is not off."""
    value = props.get(key)
    return value is False or value == "false"


def number(props: Props, key: str, default: float = 0.0) -> float:
    """A number, also where the provider takes it as text."""
    value = props.get(key)
    try:
        return default if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return default


def text(props: Props, key: str) -> str:
    """A text, empty when absent."""
    value = props.get(key)
    return value if isinstance(value, str) else ""


def is_description(value: str) -> bool:
    """Whether somebody wrote this description: the provider fills in one of its own where there is none."""
    return value not in ("", "Managed by Pulumi")


def part(props: Props, key: str) -> Props:
    """A nested object, empty when absent, the first when the provider keeps a list of one."""
    value = props.get(key)
    if isinstance(value, Mapping):
        return value
    found = values(props, key)
    return found[0] if found and isinstance(found[0], Mapping) else {}


def values(props: Props, key: str) -> Sequence[Any]:
    """A list, empty when absent, of one when a single value stands in its place."""
    value = props.get(key)
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    return (value,)


def provider_list(props: Props, key: str) -> Sequence[Any]:
    """A provider's list; providers keep nested settings as JSON text."""
    value = props.get(key)
    return json.loads(value) if isinstance(value, str) and value.startswith("[") else values(props, key)


def parts(props: Props, key: str) -> list[Props]:
    """The nested objects of a list."""
    return [value for value in values(props, key) if isinstance(value, Mapping)]


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text below ``value`` with its path; an unknown has no text yet and is passed over."""
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
