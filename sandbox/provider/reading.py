"""Reads resources from AWS: for a refresh against what the state knows, for an import by the id alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.provider import diff
from sandbox.provider.calls import AwsRefused, Context, SandboxError
from sandbox.provider.outputs import read_outputs
from sandbox.provider.rows import ROWS, Inputs, Row, Stays, find, without_marks

INPUTS, EXISTENCE, NOTHING = "inputs", "existence", "nothing"


@dataclass(frozen=True)
class Found:
    """A resource as it is in AWS."""

    id: str
    inputs: Inputs = field(repr=False)
    outputs: Inputs = field(repr=False)


def depth(row: Row) -> str:
    """What a refresh asks AWS: the inputs, only whether the resource exists, or nothing (an echo)."""
    if row.reader:
        return INPUTS
    return EXISTENCE if row.read else NOTHING


def count(wanted: str) -> int:
    """The number of types that a refresh reads in this way."""
    return sum(depth(row) == wanted for row in ROWS.values())


def table() -> list[tuple[str, str, str]]:
    """For every type: (token, what a refresh reads, why a deletion leaves it in AWS)."""
    return [
        (token, depth(row), row.delete.reason if isinstance(row.delete, Stays) else "")
        for token, row in sorted(ROWS.items())
    ]


def refresh(token: str, context: Context, id_: str, inputs: Inputs, outputs: Inputs) -> Found | None:
    """The resource as it is now; None where it does not exist any more."""
    row = find(token)
    have = {**outputs, **inputs, "id": id_}
    try:
        actual = _ask(row, context, id_, have)
        if actual is None:
            return None
        new = merged(row, context, inputs, actual)
        known = {key: value for key, value in outputs.items() if key not in inputs or key in new}
        known |= without_marks(new)
        return Found(id_, new, {**known, **read_outputs(row, context, {**known, "id": id_})})
    except AwsRefused as error:
        if error.gone:
            return None
        raise


def imported(token: str, context: Context, id_: str, given: Inputs | None = None) -> Found | None:
    """The existing resource that an import or ``Resource.get`` names; None where there is none.

    ``given`` are properties that a program passes to ``Resource.get`` beside the id.
    """
    row = find(token)
    if depth(row) == NOTHING:
        raise SandboxError(f"{token}: the sandbox cannot read this type")
    have = {**_named(row, id_), **(given or {}), "id": id_}
    try:
        actual = row.reader(context, id_, have) if row.reader else _scalars(row, context, have)
        if actual is None:
            return None
        id_ = actual.pop("id", id_)
        asked = {**actual, **own_tags(context, {}, actual)} if row.reader else {}
        inputs = {**row.defaults, **{key: value for key, value in asked.items() if not _empty(value)}}
        known = {**have, **actual, **inputs, "id": id_}
        outputs = {"region": context.region, **known, **read_outputs(row, context, known)}
        return Found(id_, inputs, outputs)
    except AwsRefused as error:
        if error.gone:
            return None
        raise


def _ask(row: Row, context: Context, id_: str, have: Inputs) -> Inputs | None:
    """The inputs in AWS; of a type without a reader none, or None where the resource does not exist."""
    if row.reader:
        return row.reader(context, id_, have)
    return {} if not row.read or context.run(row.service, row.read, have) else None


def _scalars(row: Row, context: Context, have: Inputs) -> Inputs | None:
    """Of a type without a reader: what AWS answers, under Pulumi's property names where they are alike."""
    got = context.run(row.service, row.read, have)
    simple = (str, bool, int, float)
    return {k[:1].lower() + k[1:]: v for k, v in got.items() if isinstance(v, simple)} if got else None


def _named(row: Row, id_: str) -> Inputs:
    """The properties that the id consists of."""
    if not row.id_template:
        return {row.name: id_} if row.name else {}
    parts = re.split(r"\{(\w+)\}", row.id_template)
    pattern = "".join(f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts))
    match = re.fullmatch(pattern, id_)
    if match is None:
        raise SandboxError(f"{row.token}: the id {id_!r} must have the form {row.id_template}")
    return match.groupdict()


def merged(row: Row, context: Context, inputs: Inputs, actual: Inputs) -> Inputs:
    """The state's inputs with what differs in AWS; a value of the same meaning stays as it was written."""
    out = dict(inputs)
    for key, value in {**actual, **own_tags(context, inputs, actual)}.items():
        absent = key not in inputs
        if key == "id" or (absent and (key in row.computed.split() or row.defaults.get(key) == value)):
            continue
        if (_empty(value) and _empty(inputs.get(key))) or _same(inputs.get(key), value):
            continue
        if _empty(value) and value not in (False, 0):
            del out[key]
        else:
            out[key] = value
    return out


def own_tags(context: Context, inputs: Inputs, actual: Inputs) -> Inputs:
    """``tags`` out of ``tagsAll``: without the provider's default tags, unless the program repeats them."""
    if "tagsAll" not in actual:
        return {}
    own = inputs.get("tags") or {}
    found = actual["tagsAll"].items()
    return {"tags": {k: v for k, v in found if k in own or context.default_tags.get(k) != v}}


def _empty(value: Any) -> bool:
    return value is None or value is False or value in ("", 0) or value == [] or value == {}


def _same(old: Any, new: Any) -> bool:
    return diff.written(_normal(old)) == diff.written(_normal(new))


def _normal(value: Any) -> Any:
    """The value without empty members and without the order of its lists: most lists of AWS are sets."""
    meaning = diff.meaning(value)
    if isinstance(meaning, dict):
        members = {key: _normal(item) for key, item in meaning.items()}
        return {key: item for key, item in members.items() if not _empty(item)}
    return sorted(map(_normal, meaning), key=diff.written) if isinstance(meaning, list) else meaning
