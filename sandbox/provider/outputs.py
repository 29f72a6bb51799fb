"""Takes the outputs that a row names from AWS's responses."""

from __future__ import annotations

import re

import jmespath

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, Row

OUT = re.compile(r"(\w+)([:=])(.*)")


def all_outputs(
    row: Row, context: Context, id_: str, inputs: Inputs, extra: Inputs, answer: Inputs | None = None
) -> Inputs:
    """Everything that the state keeps of a resource: inputs, values that a row's functions add, outputs."""
    known = {**inputs, **extra}
    known.setdefault("region", context.region)
    return {**known, **read_outputs(row, context, {**known, "id": id_}, answer)}


def _answered(picks: list[str], answer: Inputs) -> Inputs | None:
    """The part of a create response that holds what a read call would return."""
    parts = [answer, *(part[0] if isinstance(part, list) and part else part for part in answer.values())]
    for part in parts:
        if isinstance(part, dict) and all(jmespath.search(pick, part) is not None for pick in picks):
            return part
    return None


def read_outputs(row: Row, context: Context, have: Inputs, answer: Inputs | None = None) -> Inputs:
    """The outputs that the row names; the read call is made only where the response lacks one of them."""
    picks = [match.groups() for item in row.out.split() if (match := OUT.fullmatch(item))]
    wanted = [expression for _, how, expression in picks if how == ":"]
    got = _answered(wanted, answer) if wanted and answer else None
    if wanted and row.read and got is None:
        got = context.run(row.service, row.read, have)
    out: Inputs = {}
    for key, how, expression in picks:
        if how == "=":
            out[key] = context.fill(expression.replace("{s}", row.service), {**have, **out})
        elif (value := jmespath.search(expression, got or {})) is not None:
            out[key] = value.isoformat() if hasattr(value, "isoformat") else value
    return out
