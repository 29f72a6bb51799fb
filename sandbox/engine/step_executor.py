"""Carries out the steps of a deployment one by one; a preview only records them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeVar

from sandbox.engine.model import Resource, Step
from sandbox.engine.plugins import Plugins
from sandbox.engine.state import State
from sandbox.provider import diff
from sandbox.provider.calls import SandboxError
from sandbox.provider.rows import without_marks

T = TypeVar("T")
Watch = Callable[[str, Resource], None]


UNPROTECT_TO_REPLACE = (
    'unable to replace resource "{urn}"\nas it is currently marked for protection. '
    "To unprotect the resource, remove the `protect` flag from the resource in your Pulumi "
    "program and run `pulumi up`"
)
_PROTECTED = (
    'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, '
    "either remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, "
    "or use the command:\n`pulumi state unprotect '{urn}'`"
)
INPUTS_DIFFER = "{urn}: inputs to import do not match the existing resource: {inputs}"


class Stopped(SandboxError):
    """Ends the run: nothing that is registered later is changed."""


class StepExecutor:
    """Creates, updates, replaces and deletes resources, and records the steps."""

    def __init__(self, state: State, plugins: Plugins, *, preview: bool, watch: Watch | None = None) -> None:
        self.state, self.plugins, self.preview = state, plugins, preview
        self._watch = watch or (lambda op, resource: None)
        self.steps: list[Step] = []
        self.problems: list[str] = []
        self.replaced: list[Resource] = []
        """Replaced resources, still to be deleted."""

    def note(self, op: str, goal: Resource, changed: tuple[str, ...] = ()) -> None:
        """Record what is done to one resource, and notify the watcher."""
        self.steps.append(Step(op, goal.urn, goal.type, goal.name, changed))
        self._watch(op, goal)

    def create(self, goal: Resource) -> Resource:
        """Create a resource."""
        if self.preview and not goal.type.startswith("pulumi:providers:"):
            self.note("create", goal)
            return dataclasses.replace(goal, outputs=dict(goal.inputs))
        id_, outputs = self.attempt(goal, "creation", lambda: self.plugins.of(goal.type).create(goal))
        self.note("create", goal)
        return dataclasses.replace(goal, id=id_, outputs=outputs)

    def take_in(self, goal: Resource) -> Resource:
        """Import an existing resource, which must be as the program declares it."""
        plugin = self.plugins.of(goal.type)
        found = self.attempt(goal, "import", lambda: plugin.find(goal))
        if found is None:
            raise SandboxError(f"{goal.type} ({goal.name}): resource '{goal.import_id}' does not exist")
        there = dataclasses.replace(goal, id=found.id, inputs=found.inputs, outputs=found.outputs)
        if change := plugin.compare(there, goal):
            message = INPUTS_DIFFER.format(urn=goal.urn, inputs=", ".join(change.changed))
            if not self.preview:
                raise SandboxError(message)
            self.problems.append(message)
        self.note("import", goal)
        return dataclasses.replace(goal, id=found.id, outputs={**found.outputs, **without_marks(goal.inputs)})

    def same(self, goal: Resource, old: Resource) -> Resource:
        """Record an unchanged resource."""
        self.note("same", goal)
        return dataclasses.replace(goal, id=old.id, outputs=diff.with_assets(old.outputs, goal.inputs))

    def update(self, goal: Resource, old: Resource, change: diff.Change) -> Resource:
        """Update a resource in place."""
        plugin = self.plugins.of(goal.type)
        if self.preview:
            unknown = plugin.planned(old, goal)
            kept = {key: value for key, value in old.outputs.items() if key not in old.inputs}
            outputs = {key: value for key, value in {**kept, **goal.inputs}.items() if key not in unknown}
        else:
            outputs = self.attempt(goal, "update", lambda: plugin.update(old, goal))
        self.note("update", goal, change.changed)
        return dataclasses.replace(goal, id=old.id, outputs=outputs)

    def replace(self, goal: Resource, old: Resource, change: diff.Change, asked: Resource) -> Resource:
        """Replace the resource; ``asked`` is the goal before the provider's Check."""
        if goal.protect and old.protect:
            message = UNPROTECT_TO_REPLACE.format(urn=goal.urn)
            if not self.preview:
                raise Stopped(message)
            self.problems.append(message)
        plugin = self.plugins.of(goal.type)
        first = goal.delete_before_replace or change.delete_first
        if not first:  # both exist for a moment: an automatic name must differ
            goal = dataclasses.replace(
                goal, inputs=plugin.check(dataclasses.replace(goal, inputs=asked.inputs), None, old.id)
            )
        if self.preview:
            self.note("replace", goal, change.replace)
            return dataclasses.replace(goal, outputs=dict(goal.inputs))
        if first and not old.retain_on_delete:
            self.attempt(goal, "deletion before replacement", lambda: plugin.delete(old))
            self.state.forget(old)
        id_, outputs = self.attempt(goal, "replacement", lambda: plugin.create(goal))
        if not first and not old.retain_on_delete:
            self.replaced.append(old)
        self.note("replace", goal, change.replace)
        return dataclasses.replace(goal, id=id_, outputs=outputs)

    def delete(self, old: Resource, *, leaving: bool) -> bool:
        """Delete a resource (``leaving`` unless it was replaced); return False where it is protected."""
        if old.protect and leaving:
            self.problems.append(protection(old.urn, preview=self.preview))
            return False
        if not self.preview and old.custom and not (old.external or old.retain_on_delete):
            self.attempt(old, "deletion", lambda: self.plugins.of(old.type).delete(old))
        if leaving and not old.external:
            self.note("delete", old)
        self.state.forget(old)
        if old in self.replaced:
            self.replaced.remove(old)
        return True

    def attempt(self, goal: Resource, what: str, work: Callable[[], T]) -> T:
        """Do the work; an error names the resource and shows no secret."""
        try:
            return work()
        except Stopped:
            raise
        except Exception as error:
            text = str(error) if isinstance(error, SandboxError) else f"{type(error).__name__}: {error}"
            for key in goal.hidden:
                if isinstance(value := goal.inputs.get(key), str) and value:
                    text = text.replace(value, "[secret]")
            raise SandboxError(f"{goal.type} ({goal.name}): {what} failed: {text}") from None


def protection(urn: str, *, preview: bool) -> str:
    """Why a protected resource is not deleted, as the Pulumi CLI says it."""
    return f"{'Preview failed: ' if preview else ''}{_PROTECTED.format(urn=urn)}"
