"""Refreshes a state: what was changed or deleted in AWS by hand is taken into it."""

from __future__ import annotations

from dataclasses import replace

from sandbox.engine.model import Resource
from sandbox.engine.state import State
from sandbox.engine.step_executor import StepExecutor
from sandbox.provider import diff


def refresh(state: State, executor: StepExecutor) -> None:
    """Read every resource of the state, and record it as same, updated, or deleted.

    Other outputs are taken over too, but count as no update: the next ``up`` has nothing to do about them.
    """
    kept: dict[str, Resource] = {}
    for urn, old in state.resources.items():
        found = _read(old, executor)
        if found is None:
            executor.note("delete", old)
            continue
        changed = diff.changed(old.inputs, found.inputs)
        executor.note("update" if changed else "same", old, changed)
        kept[urn] = found
    state.resources = {urn: _without(one, state.resources.keys() - kept.keys()) for urn, one in kept.items()}


def _read(old: Resource, executor: StepExecutor) -> Resource | None:
    if not old.custom or old.external:
        return old
    found = executor.attempt(old, "refresh", lambda: executor.plugins.of(old.type).read(old))
    if found is None:
        return None
    inputs = diff.keep_ignored(old.inputs, found.inputs, old.ignore_changes)
    outputs = diff.keep_ignored(old.outputs, found.outputs, old.ignore_changes)
    return replace(old, id=found.id, inputs=inputs, outputs=outputs)


def _without(resource: Resource, gone: set[str]) -> Resource:
    """The resource without dependencies that do not exist any more."""
    if not gone & resource.needs():
        return resource
    return replace(
        resource,
        parent="" if resource.parent in gone else resource.parent,
        dependencies=[urn for urn in resource.dependencies if urn not in gone],
        property_dependencies={
            key: [urn for urn in urns if urn not in gone]
            for key, urns in resource.property_dependencies.items()
        },
    )
