"""Answers Check and Diff for a row: the inputs that the state keeps, and what a change of them requires."""

from __future__ import annotations

import hashlib

from sandbox.provider import diff, tagging
from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, Row, find

DEFAULTED = "__defaults"
"""The input in which Check notes what it filled in, as the real provider does."""


def auto_name(row: Row, context: Context, inputs: Inputs, old: Inputs, seed: str = "") -> Inputs:
    """Auto-naming as the plugin does it: logical name, dash, seven hex digits.

    The digits come from the URN, so that they repeat, and from ``seed``: a replacement gets others, because
    both resources exist for a moment.
    """
    if not row.name or inputs.get(row.name):
        return {}
    if old.get(row.name):
        return {row.name: old[row.name]}
    prefix = inputs.get(f"{row.name}Prefix") or f"{context.name}-"
    if isinstance(prefix, diff.Unknown):
        return {row.name: prefix}
    suffix = ".fifo" if inputs.get("fifoTopic") or inputs.get("fifoQueue") else ""
    digits = hashlib.sha256((context.urn + seed).encode()).hexdigest()[:7]
    return {row.name: prefix + digits + suffix}


def check(token: str, context: Context, inputs: Inputs, old: Inputs | None = None, seed: str = "") -> Inputs:
    """The inputs that the state keeps: named, with defaults, and with the default tags in ``tagsAll``."""
    row = find(token)
    given = {key: value for key, value in inputs.items() if value is not None and key != "tagsAll"}
    given = {key: value for key, value in given.items() if key != DEFAULTED}
    filled = auto_name(row, context, given, old or {}, seed)
    if filled:
        given.pop(f"{row.name}Prefix", None)
    filled |= {key: value for key, value in row.defaults.items() if key not in given}
    checked = {**given, **filled, **({DEFAULTED: sorted(filled)} if filled else {})}
    own = checked.get("tags")
    if not tagging.carries(context, row) or isinstance(own, list):
        return checked
    tags = {**context.default_tags, **own} if isinstance(own, dict) else dict(context.default_tags)
    return {**checked, "tagsAll": tags} if tags else checked


def compare(token: str, old: Inputs, new: Inputs, replace_on: list[str] | None = None) -> diff.Change:
    """What an update from ``old`` to ``new`` requires."""
    row = find(token)
    computed = row.computed.split()
    changed = tuple(key for key in diff.changed(old, new) if key in new or key not in computed)
    if not changed:
        return diff.Change()
    asked = {part.partition(".")[0].partition("[")[0] for part in replace_on or []}
    forced = set(row.replace.split()) | asked
    carried = {"tags", "tagsAll", *row.skip.split(), *row.parts.split()}
    carried |= {key for call in (*row.after, *row.update) for key in call.carries.split()}
    carried |= set(row.changes.split())
    replace, unsupported = [], []
    for key in changed:
        if key in forced - {"*"}:
            replace.append(key)
        elif key in carried or ("*" in carried or row.put):
            continue
        elif "*" in forced:
            replace.append(key)
        else:
            unsupported.append(key)
    first = bool(replace) and (row.delete_first or _keeps_its_name(row, old, new))
    return diff.Change(changed, tuple(replace), tuple(unsupported), first)


def _keeps_its_name(row: Row, old: Inputs, new: Inputs) -> bool:
    """Whether a replacement would have the old resource's name, which must then be deleted first."""
    named = bool(row.name) and row.name not in new.get(DEFAULTED, ())
    return named and old.get(row.name) == new.get(row.name)
