"""Rewrites inputs for services that want them nested under one structure, or as a map of texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs

Rewrite = Callable[[Context, Inputs], Inputs]


def nested(under: str, beside: str = "tags") -> Rewrite:
    """Put every property but ``beside`` under one structure."""

    def pre(context: Context, inputs: Inputs) -> Inputs:
        kept = {beside: inputs[beside]} if beside in inputs else {}
        return {**kept, under: {key: value for key, value in inputs.items() if key != beside}}

    return pre


def text(value: Any) -> str:
    """The value of an attribute, as services that know only texts write it."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def as_attributes(names: Mapping[str, str]) -> Rewrite:
    """Put the named properties into one map of texts, under their names in AWS."""

    def pre(context: Context, inputs: Inputs) -> Inputs:
        rest = {key: value for key, value in inputs.items() if key not in names}
        given = {names[k]: text(v) for k, v in inputs.items() if k in names and v not in (False, None)}
        return {**rest, "attributes": given}

    return pre
