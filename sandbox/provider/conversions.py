"""Rewrites inputs for services that nest them or take them as a map of strings, and answers as inputs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs

Rewrite = Callable[[Context, Inputs], Inputs]


def nested(under: str, beside: str = "tags") -> Rewrite:
    """Move every property but ``beside`` into one structure."""

    def pre(context: Context, inputs: Inputs) -> Inputs:
        kept = {beside: inputs[beside]} if beside in inputs else {}
        return {**kept, under: {key: value for key, value in inputs.items() if key != beside}}

    return pre


def properties(answer: Any) -> Any:
    """A part of AWS's answer under Pulumi's property names, which differ from it in the first letters."""
    if isinstance(answer, dict):
        return {_property(key): properties(value) for key, value in answer.items()}
    return [properties(value) for value in answer] if isinstance(answer, list) else answer


def _property(name: str) -> str:
    """``KMSKeyId`` as ``kmsKeyId``, ``ID`` as ``id``, ``Name`` as ``name``."""
    start = re.match(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z]", name)
    return name[: start.end()].lower() + name[start.end() :] if start else name


def text(value: Any) -> str:
    """The value of an attribute, for services whose attributes are strings."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def as_attributes(names: Mapping[str, str]) -> Rewrite:
    """Move the named properties into one map of strings, under their names in AWS."""

    def pre(context: Context, inputs: Inputs) -> Inputs:
        rest = {key: value for key, value in inputs.items() if key not in names}
        given = {names[k]: text(v) for k, v in inputs.items() if k in names and v not in (False, None)}
        return {**rest, "attributes": given}

    return pre
