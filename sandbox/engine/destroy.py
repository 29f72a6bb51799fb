"""Destroys a stack: deletes every resource of its state, dependents first."""

from __future__ import annotations

from sandbox.engine.deployment import dependents_first
from sandbox.engine.state import State
from sandbox.engine.step_executor import UNPROTECT_TO_DELETE, StepExecutor


def destroy(state: State, executor: StepExecutor) -> None:
    """Delete every resource; a protected one is a problem, and then nothing is deleted at all.

    A failed deletion ends the run: what is left stays in the state, so that the next run goes on there.
    """
    protected = [old.urn for old in state.resources.values() if old.protect and not old.external]
    executor.problems += [UNPROTECT_TO_DELETE.format(urn=urn) for urn in protected]
    if protected:
        return
    replaced = list(state.pending)
    for old in dependents_first([*state.resources.values(), *replaced]):
        executor.delete(old, leaving=old not in replaced)
