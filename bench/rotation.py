"""Measures the seconds from a raised generation to the new current key, with policies on every update."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figure import Figure
from sandbox import Sandbox
from tests.accounts import own_account

STACK, SECRET = "staging", "entry-encryption-key"
LIMIT_S = 25.0
"""The limit of a whole first ``up``, although a rotation updates only three resources."""


def figures() -> Iterator[Figure]:
    """Measure the rotation of one secret in an existing stack."""
    with Sandbox(STACK, config=own_account(STACK)) as sandbox:
        first = sandbox.up(policies=False)
        if first.exit_code:
            raise SystemExit(f"sandbox up of {STACK} failed:\n{first.error}")
        second = sandbox.up({"strongroom:secrets": {SECRET: {"generation": 2}}})
        if second.exit_code:
            raise SystemExit(f"rotation in {STACK} failed:\n{second.error}")
    changed = sum(count for op, count in second.counts.items() if op != "same")
    took = second.seconds["total"]
    yield Figure(
        what=f"rotation of {SECRET} in {STACK}, s (one update, policies on)",
        measured=took,
        limit=LIMIT_S,
        detail=f"{changed} resources changed, {second.counts['same']} unchanged",
        met=took <= LIMIT_S,
    )
