"""Runs the same steps on both engines, each with an emulated account of its own, and compares them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox import Result, Sandbox
from sandbox.automation import PulumiSandbox
from sandbox.config import merge
from sandbox.sandbox import ROOT
from tests.accounts import own_account
from tests.parts import OVERRIDES
from tests.parts import STACK as PARTS


@dataclass
class Both:
    """One stack on both engines."""

    pulumi: PulumiSandbox
    in_process: Sandbox
    config: dict[str, Any] = field(default_factory=dict)
    """What the steps so far changed in the configuration."""
    seconds: list[float] = field(default_factory=list)
    """How long the Pulumi engine took for each step."""

    @property
    def sandboxes(self) -> tuple[PulumiSandbox, Sandbox]:
        """The stack on the Pulumi engine, and on the in-process engine."""
        return self.pulumi, self.in_process

    def change(self, change: Mapping[str, Any]) -> None:
        """Merge a change into the configuration of all later steps."""
        self.config = merge(self.config, change)

    def by_hand(self, service: str, change: Callable[[Any], Any]) -> None:
        """Change both accounts with a client of one service."""
        for sandbox in self.sandboxes:
            change(sandbox.client(service))

    def unprotect(self, names: Sequence[str]) -> None:
        """``pulumi state unprotect`` of the resources with these names, in both states."""
        urns = [urn for urn, one in self.in_process.state.resources.items() if one.name in names]
        assert len(urns) == len(names)
        for sandbox in self.sandboxes:
            sandbox.unprotect(urns)

    @contextmanager
    def run_from(self, root: Path) -> Iterator[None]:
        """Run the program of another folder meanwhile."""
        before = self.pulumi.root
        self.pulumi.root = self.in_process.root = root.resolve()
        try:
            yield
        finally:
            self.pulumi.root = self.in_process.root = before

    def preview(self, **how: Any) -> Result:
        """Preview on both; the engine's result."""
        return self._both("preview", how)

    def up(self, **how: Any) -> Result:
        """Update on both; the engine's result."""
        return self._both("up", how)

    def refresh(self) -> Result:
        """Refresh on both; the engine's result."""
        return self._both("refresh")

    def destroy(self) -> Result:
        """Destroy on both; the engine's result."""
        return self._both("destroy")

    def _both(self, command: str, how: dict[str, Any] | None = None) -> Result:
        arguments = [] if how is None else [self.config]
        began = time.monotonic()
        result = getattr(self.pulumi, command)(*arguments, **(how or {}))
        self.seconds.append(round(time.monotonic() - began, 1))
        same(result, getattr(self.in_process, command)(*arguments, **(how or {})))
        return result


@contextmanager
def opened(stack: str, root: Path = ROOT) -> Iterator[Both]:
    """The stack in two new accounts; staging has buckets, queues and schedules too."""
    parts = OVERRIDES if stack == PARTS else {}
    with (
        PulumiSandbox(stack, root=root, config=merge(parts, own_account(stack))) as pulumi,
        Sandbox(stack, root=root, config=merge(parts, own_account(stack))) as in_process,
    ):
        yield Both(pulumi, in_process)


def same(one: Result, other: Result) -> None:
    """Fail where the engines did not do the same, or do not report the same."""
    # The Pulumi engine deletes in parallel, so that the order of several errors is not determined.
    assert sorted(one.error.splitlines()) == sorted(other.error.splitlines())
    assert one.exit_code == other.exit_code
    assert steps(one) == steps(other)
    assert one.counts == other.counts
    assert findings(one) == findings(other)
    if one.operation == "update":  # the others do not run the program
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
