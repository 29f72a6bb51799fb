"""Prints the result of a run or a verification, as lines or as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from encryption_keys import Ring
from ops.core.console import Screen
from ops.reencrypt.catalog.undeclared import Undeclared
from ops.reencrypt.run import Outcome
from ops.reencrypt.verification import Count

SHOWN_POISON: Final = 20
"""Rows that are printed individually; --json lists more."""


def report(
    screen: Screen,
    done: Sequence[Count | Outcome],
    undeclared: Sequence[Undeclared],
    *,
    stack: str,
    ring: Ring,
    applied: bool,
) -> None:
    """Print all results, problems last."""
    screen.document(
        {
            "stack": stack,
            "current": ring.current.kid,
            "applied": applied,
            "columns": [_document(one) for one in done],
            "undeclared": [{"column": one.column, "problem": one.problem} for one in undeclared],
        }
    )
    _say(screen, done)
    for one in undeclared:
        screen.line(str(one), "red")


def _say(screen: Screen, done: Sequence[Count | Outcome]) -> None:
    for one in done:
        screen.line(_sentence(one))
        for key, why in one.poison[:SHOWN_POISON]:
            screen.line(f"  {why}: row {key}", "red")
        if one.poison_count > SHOWN_POISON:
            screen.line(f"  and {one.poison_count - SHOWN_POISON} more; --json lists them", "red")
        for warning in one.warnings:
            screen.line(warning, "yellow")


def _sentence(one: Count | Outcome) -> str:
    if isinstance(one, Outcome):
        return (
            f"{one.target}: {one.written} rows re-encrypted in {one.passes} passes, "
            f"{one.conflicts} changed or locked by others, {one.poison_count} unreadable or rejected"
        )
    keys = ", ".join(f"{count} under {key}" for key, count in sorted(one.by_key.items())) or "none encrypted"
    nothing = "; no value was decrypted, so nothing is verified (declare mayBeEmpty if that is expected)"
    return (
        f"{one.target}: {one.total} rows: {keys}, {one.legacy} of them as ENC:, {one.plain} plain, "
        f"{one.poison_count} unreadable{nothing if one.proves_nothing else ''}"
    )


def _document(one: Count | Outcome) -> dict[str, Any]:
    names = (
        "passes",
        "written",
        "conflicts",
        "reformatted_last",
        "total",
        "by_key",
        "legacy",
        "old",
        "plain",
    )
    names += ("proves_nothing", "poison_count", "warnings")
    found = {name: getattr(one, name) for name in names if hasattr(one, name)}
    return {"target": str(one.target), **found, "poison": [row._asdict() for row in one.poison]}
