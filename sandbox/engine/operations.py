"""Refreshes or destroys a stack from its state: the program does not run, as under the real engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Protocol

from sandbox.config import BadInput, StackConfig
from sandbox.engine.deployment import dependents_first
from sandbox.engine.model import Result, is_default_provider
from sandbox.engine.plugins import Plugins
from sandbox.engine.state import State
from sandbox.engine.step_executor import StepExecutor, Watch, protection
from sandbox.provider.calls import Aws, SandboxError
from sandbox.redaction import Mask

HARD_EXIT = 1


def destroy(state: State, executor: StepExecutor, keep: Collection[str] = ()) -> None:
    """Delete every resource; a protected one is a problem, and then nothing is deleted at all.

    The resources whose URNs are in ``keep``, and what they need, stay. A failed deletion ends the run: what
    is left stays in the state, so that the next run goes on there. ``pulumi destroy`` previews first, and
    ends where the preview fails; the preview shows what would be deleted beside a protected resource.
    """
    kept = state.with_needs(keep)
    leaving = [old for old in state.resources.values() if old.urn not in kept]
    protected = [old.urn for old in leaving if old.protect and not old.external]
    executor.problems += [protection(urn, preview=True) for urn in protected]
    if protected and not executor.preview:
        return
    needed = state.with_needs(protected)
    leaving = [old for old in leaving if old.urn not in needed]
    replaced = list(state.pending)
    for old in dependents_first([*leaving, *replaced]):
        executor.delete(old, leaving=old not in replaced)


def unprotect(state: State, urns: Iterable[str]) -> None:
    """Remove the protection of these resources; BadInput where the state has none of that name."""
    for urn in urns:
        if urn not in state.resources:
            raise BadInput(f"No such resource {urn!r} exists in the current state")
        state.resources[urn] = replace(state.resources[urn], protect=False)


Operation = Callable[[State, StepExecutor], None]


class Stack(Protocol):
    """What an operation needs of a sandbox."""

    stack: str
    state: State
    aws: Aws

    def config(self) -> StackConfig:
        """The stack's configuration."""
        ...

    def save_state(self) -> None:
        """Write the state to its file, where it has one."""
        ...


def run(
    sandbox: Stack, name: str, operation: Operation, *, preview: bool, watch: Watch | None = None
) -> Result:
    """Carry out an operation on the state; a preview changes neither AWS nor the state."""
    began, config = time.monotonic(), sandbox.config()
    result = Result(sandbox.stack, preview, 0, operation=name)
    state = sandbox.state.copy() if preview else sandbox.state
    result.resources = [*state.resources.values(), *state.pending]
    plugins = Plugins(sandbox.aws, dict(state.resources), config.of_package("aws"))
    executor = StepExecutor(state, plugins, preview=preview, watch=watch)
    try:
        operation(state, executor)
    except SandboxError as error:
        executor.problems.append(str(error))
    finally:
        if not preview:
            sandbox.save_state()
    mask = Mask(config, [*result.resources, *state.resources.values()])
    result.steps = [step for step in executor.steps if not is_default_provider(step.type, step.name)]
    result.error = mask.text("\n".join(executor.problems))
    result.exit_code = HARD_EXIT if executor.problems else 0
    result.seconds["total"] = round(time.monotonic() - began, 2)
    return result
