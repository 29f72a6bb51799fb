"""Runs the same steps on both engines, each with an emulated account of its own, and compares them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox import Result, Sandbox
from sandbox.automation import PulumiSandbox
from tests.accounts import own_account


@dataclass
class Both:
    """One stack on both engines."""

    pulumi: PulumiSandbox
    in_process: Sandbox
    seconds: dict[str, float] = field(default_factory=dict)

    def preview(self, overrides: Mapping[str, Any] | None = None, **how: Any) -> Result:
        """Preview on both; the engine's result."""
        return self._both("preview", overrides, how)

    def up(self, overrides: Mapping[str, Any] | None = None, **how: Any) -> Result:
        """Update on both; the engine's result."""
        return self._both("up", overrides, how)

    def _both(self, command: str, overrides: Mapping[str, Any] | None, how: dict[str, Any]) -> Result:
        began = time.monotonic()
        result = getattr(self.pulumi, command)(overrides, **how)
        self.seconds[command] = round(time.monotonic() - began, 1)
        same(result, getattr(self.in_process, command)(overrides, **how))
        return result


@contextmanager
def opened(stack: str) -> Iterator[Both]:
    """The shipped stack in two new accounts."""
    with (
        PulumiSandbox(stack, config=own_account(stack)) as pulumi,
        Sandbox(stack, config=own_account(stack)) as in_process,
    ):
        yield Both(pulumi, in_process)


def same(one: Result, other: Result) -> None:
    """Fail where the engines did not do the same, or do not report the same."""
    assert (one.exit_code, one.error) == (other.exit_code, other.error)
    assert steps(one) == steps(other)
    assert one.counts == other.counts
    assert findings(one) == findings(other)
    assert sorted(one.outputs) == sorted(other.outputs)
    assert one.secret_outputs == other.secret_outputs
    assert resources(one) == resources(other)


def steps(result: Result) -> list[tuple[str, str]]:
    """(operation, URN) of every step."""
    return sorted((step.op, step.urn) for step in result.steps)


def findings(result: Result) -> list[tuple[str, str, str, str]]:
    """Every policy violation."""
    return sorted((found.policy, found.level, found.urn, found.message) for found in result.findings)


def resources(result: Result) -> dict[str, tuple[Any, ...]]:
    """What both engines know of every resource that the program declares."""
    return {
        one.urn: (one.type, one.parent, one.custom, one.protect, one.retain_on_delete, sorted(one.secret))
        for one in result.resources
        if not one.is_default_provider
    }
