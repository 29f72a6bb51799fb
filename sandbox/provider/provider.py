"""Creates, updates and deletes resources as the AWS plugin does, by the rows of the table."""

from __future__ import annotations

import jmespath

from sandbox.provider import diff, shapes, tagging
from sandbox.provider.calls import AwsRefused, Context, SandboxError
from sandbox.provider.outputs import all_outputs
from sandbox.provider.rows import Call, Inputs, Row, find, without_marks

ALWAYS = "region"


def _body(row: Row, context: Context, inputs: Inputs) -> Inputs:
    """Parameters of the create call: all inputs but tags, provider settings and other calls' properties."""
    apart = {key for call in row.after for key in call.carries.split()} | set(row.skip.split())
    apart |= set(row.parts.split()) | {ALWAYS, "tagsAll"}
    body = {key: value for key, value in inputs.items() if key not in apart and value is not None}
    tags = body.pop("tags", None)
    if isinstance(tags, list):
        body["tags"] = tags
    return row.pre(context, body) if row.pre else body


def _main_call(row: Row, context: Context, inputs: Inputs, *, tagged: bool) -> Inputs:
    shape, lost = context.shape(row.op), []
    body = _body(row, context, inputs)
    member = tagging.member(shape)
    if tagged and member and inputs.get("tagsAll"):
        body[member] = inputs["tagsAll"]
    params = {**row.const, **shapes.convert(shape, body, shapes.renames(row.rename), lost)}
    if lost:
        raise SandboxError(f"{row.token}: {row.op} has no parameter {', '.join(lost)}; add it to the row")
    return context.send(row.op, params)


def _follow(row: Row, context: Context, call: Call, inputs: Inputs, have: Inputs) -> None:
    carried = {key: inputs[key] for key in call.carries.split() if inputs.get(key) is not None}
    if carried:
        fixed = context.fixed(call.fixed, have)
        context.call(f"{row.service}.{call.op}", carried, f"{row.rename} {call.rename}", fixed)


def create(token: str, context: Context, inputs: Inputs) -> tuple[str, Inputs]:
    """Create the resource; return (id, outputs). ``inputs`` have passed Check and hold no unknown value."""
    row, inputs = find(token), without_marks(shapes.plain(inputs))
    answer, extra = {}, {}
    if row.make:
        id_, extra = row.make(context, row, inputs)
    else:
        answer = _main_call(row, context, inputs, tagged=True)
        by_text = "{" in row.id and "[" not in row.id
        id_ = context.fill(row.id, inputs) if by_text else str(jmespath.search(row.id, answer))
        id_ = id_.removeprefix("/hostedzone/")
        for call in row.after:
            _follow(row, context, call, inputs, {**inputs, "id": id_})
    if row.more:
        extra = {**extra, **row.more(context, id_, inputs, answer)}
    if row.tags != "none" and tagging.separately(context, row, id_) and inputs.get("tagsAll"):
        tagging.apply(context, row, id_, {**inputs, **extra}, {}, inputs["tagsAll"])
    return id_, all_outputs(row, context, id_, inputs, extra, answer)


def update(token: str, context: Context, id_: str, old: Inputs, outputs: Inputs, new: Inputs) -> Inputs:
    """Update the resource in place; return the new outputs."""
    row, old, new = find(token), without_marks(old), without_marks(shapes.plain(new))
    changed = set(diff.changed(old, new))
    have = {**outputs, **new, "id": id_}
    extra: Inputs = {}
    if changed & {"tags", "tagsAll"} and row.tags != "none":
        tagging.apply(context, row, id_, have, old.get("tagsAll") or {}, new.get("tagsAll") or {})
        changed -= {"tags", "tagsAll"}
    changed -= set(row.skip.split())
    for call in (*row.after, *row.update):
        if changed & set(call.carries.split()):
            _follow(row, context, call, new, have)
            changed -= set(call.carries.split())
    if row.change and changed and ("*" in row.changes or changed & set(row.changes.split())):
        extra = row.change(context, id_, old, new, have) or {}
        changed -= changed if "*" in row.changes else set(row.changes.split())
    if row.more and changed & set(row.parts.split()):
        extra = {**extra, **row.more(context, id_, new, {})}
        changed -= set(row.parts.split())
    if changed and row.put:
        _main_call(row, context, new, tagged=False)
        changed.clear()
    if changed:
        raise SandboxError(f"{token}: the sandbox cannot change {', '.join(sorted(changed))} in place")
    kept = {key: value for key, value in outputs.items() if key not in old or key in new}
    return all_outputs(row, context, id_, {**kept, **new}, extra)


def delete(token: str, context: Context, id_: str, inputs: Inputs, outputs: Inputs) -> None:
    """Delete the resource; a missing one is no error."""
    row = find(token)
    try:
        if callable(row.delete):
            row.delete(context, id_, {**inputs, **outputs, "id": id_})
        elif isinstance(row.delete, str):
            context.run(row.service, row.delete, {**inputs, **outputs, "id": id_})
    except AwsRefused as error:
        if not error.gone:
            raise
