"""Finds values that are a Pulumi secret in one resource and a plain property in another.

Only a remediation sees which inputs are secret. This one changes nothing; it records them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_policy import ResourceValidationArgs, proxy
from pulumi_policy.proxy import UnknownValueError
from pulumi_policy.secret import Secret

from rules.lib.known_values import KnownValues
from rules.pack.config import Configuration
from rules.pack.properties import strings
from rules.pack.rule import Resource

SECRETNESS = "own-not-pulumi-secret"
_UNWRAPPED = "__target"
"""The SDK's key for the raw property, secret marks included."""
_UNKNOWN = {value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")}


class Memory:
    """The secret values found so far, and the secret properties of each resource."""

    def __init__(self) -> None:
        self.values = KnownValues()
        self.marked: dict[str, frozenset[str]] = {}

    def remember(self, args: ResourceValidationArgs) -> None:
        """Record the properties that are Pulumi secrets; nothing is remediated."""
        marked: set[str] = set()
        raw = args.props[_UNWRAPPED]
        for key in raw:
            for value in _secrets(raw[key]):
                marked.add(key)
                for _, text in strings(value):
                    if text not in _UNKNOWN:
                        self.values.add(text)
        self.marked[args.urn] = frozenset(marked)

    def finds(self, one: Resource, _: Configuration) -> Iterable[str]:
        """The top-level properties that contain a secret value and are not Pulumi secrets."""
        marked = self.marked.get(one.urn)
        if marked is None or not len(self.values):
            return
        for key in one.props:
            if key in marked:
                continue
            try:
                value = one.props[key]
            except UnknownValueError:
                continue
            if any(self.values.within(text) for _, text in strings(value)):
                yield f"{key} contains the value of a secret in plain text"


def _secrets(value: Any) -> Iterable[Any]:
    """The secret values in or below a raw property."""
    if isinstance(value, Secret):
        yield value.value
    elif isinstance(value, Mapping):
        raw = value[_UNWRAPPED]
        for key in raw:
            yield from _secrets(raw[key])
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _secrets(inner)


_MEMORY = Memory()
remember, finds = _MEMORY.remember, _MEMORY.finds
