"""Turns what a program registers into steps against the state, with the rules of the real engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sandbox.engine import diff
from sandbox.engine.model import STACK_TYPE, PolicyFinding, Resource, Step
from sandbox.engine.plugins import Plugins
from sandbox.engine.state import State
from sandbox.provider.calls import SandboxError

T = TypeVar("T")
Judge = Callable[[Resource], list[PolicyFinding]]
Watch = Callable[[str, Resource], None]

UNPROTECT_TO_REPLACE = (
    'unable to replace resource "{urn}"\nas it is currently marked for protection. '
    "To unprotect the resource, remove the `protect` flag from the resource in your Pulumi "
    "program and run `pulumi up`"
)
UNPROTECT_TO_DELETE = (
    'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, '
    "either remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, "
    "or use the command:\n`pulumi state unprotect {urn}`"
)


class Stopped(SandboxError):
    """The whole run ends here: nothing registered later is touched."""


class Deployment:
    """One preview or update: the old state on one side, the program's goals on the other."""

    def __init__(
        self,
        state: State,
        plugins: Plugins,
        news: dict[str, Resource],
        *,
        preview: bool,
        judge: Judge | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.state, self.plugins, self.news, self.preview = state, plugins, news, preview
        self._judge, self._watch = judge, watch or (lambda op, resource: None)
        self.steps: list[Step] = []
        self.findings: list[PolicyFinding] = []
        self.problems: list[str] = []
        self._claimed: set[str] = set()
        self._replaced: list[Resource] = []
        self._stop = ""

    def register(self, goal: Resource) -> Resource:
        """Bring one resource to its goal; answers it as it now is (``id`` empty: not known yet)."""
        if self._stop:
            raise Stopped(self._stop)
        if goal.urn in self.news:
            raise SandboxError(f"Duplicate resource URN '{goal.urn}'; try giving it a unique name")
        self.news[goal.urn] = goal
        try:
            done = self._register(goal)
        except Stopped as error:
            self._stop = str(error)
            del self.news[goal.urn]
            raise
        except Exception:
            del self.news[goal.urn]
            raise
        self.news[goal.urn] = done
        return done

    def _register(self, goal: Resource) -> Resource:
        old = self._old(goal)
        if old and goal.ignore_changes:
            goal = replace(goal, inputs=diff.keep_ignored(old.inputs, goal.inputs, goal.ignore_changes))
        asked = goal
        if goal.custom:
            goal = replace(goal, inputs=self.plugins.of(goal.type).check(goal, old))
            self.news[goal.urn] = goal
        self._ask_policies(goal)
        if not goal.custom:
            return self._component(goal, old)
        change = self.plugins.of(goal.type).compare(old, goal) if old else None
        if old is None or change is None:
            return self._create(goal)
        if not change:
            return self._same(goal, old)
        if change.unsupported:
            raise Stopped(
                f"{goal.urn}: the sandbox does not know how to change {', '.join(change.unsupported)} of "
                f"{goal.type}; teach its row in sandbox/types/ to update or replace, or start a new sandbox"
            )
        if change.replace:
            return self._replace(goal, old, change, asked)
        return self._update(goal, old, change)

    def _old(self, goal: Resource) -> Resource | None:
        for urn in (goal.urn, *goal.aliases):
            if urn in self.state.resources and urn not in self._claimed:
                self._claimed.add(urn)
                old = self.state.resources[urn]
                return None if old.external else old
        return None

    def _ask_policies(self, goal: Resource) -> None:
        if self._judge is None:
            return
        found = self._judge(goal)
        self.findings += found
        hard = [finding for finding in found if finding.stops]
        if hard and not self.preview:  # a preview collects every violation, an update stops at the first
            texts = "; ".join(f"[{finding.policy}] {finding.message}" for finding in hard)
            raise Stopped(f"{goal.urn} was not created or changed, a policy forbids it: {texts}")

    def _note(self, op: str, goal: Resource, changed: tuple[str, ...] = ()) -> None:
        self.steps.append(Step(op, goal.urn, goal.type, goal.name, changed))
        self._watch(op, goal)

    def _component(self, goal: Resource, old: Resource | None) -> Resource:
        self._note("same" if old else "create", goal)
        return goal

    def _create(self, goal: Resource) -> Resource:
        if self.preview and not goal.type.startswith("pulumi:providers:"):
            self._note("create", goal)
            return replace(goal, outputs=dict(goal.inputs))
        id_, outputs = self._do(goal, "creation", lambda: self.plugins.of(goal.type).create(goal))
        self._note("create", goal)
        return replace(goal, id=id_, outputs=outputs)

    def _same(self, goal: Resource, old: Resource) -> Resource:
        self._note("same", goal)
        return replace(goal, id=old.id, outputs=diff.with_assets(old.outputs, goal.inputs))

    def _update(self, goal: Resource, old: Resource, change: diff.Change) -> Resource:
        plugin = self.plugins.of(goal.type)
        if self.preview:
            unknown = plugin.planned(old, goal)
            kept = {key: value for key, value in old.outputs.items() if key not in old.inputs}
            outputs = {key: value for key, value in {**kept, **goal.inputs}.items() if key not in unknown}
        else:
            outputs = self._do(goal, "update", lambda: plugin.update(old, goal))
        self._note("update", goal, change.changed)
        return replace(goal, id=old.id, outputs=outputs)

    def _replace(self, goal: Resource, old: Resource, change: diff.Change, asked: Resource) -> Resource:
        if goal.protect and old.protect:
            message = UNPROTECT_TO_REPLACE.format(urn=goal.urn)
            if not self.preview:
                raise Stopped(message)
            self.problems.append(message)
        plugin = self.plugins.of(goal.type)
        first = self.plugins.delete_first(goal, asked.inputs, old, change)
        if not first:  # both exist for a moment: an automatic name must be another one
            goal = replace(goal, inputs=plugin.check(replace(goal, inputs=asked.inputs), None, old.id))
        if self.preview:
            self._note("replace", goal, change.replace)
            return replace(goal, outputs=dict(goal.inputs))
        if first and not old.retain_on_delete:
            self._do(goal, "deletion before replacement", lambda: plugin.delete(old))
            self.state.forget(old)
        id_, outputs = self._do(goal, "replacement", lambda: plugin.create(goal))
        if not first and not old.retain_on_delete:
            self._replaced.append(old)
        self._note("replace", goal, change.replace)
        return replace(goal, id=id_, outputs=outputs)

    def _do(self, goal: Resource, what: str, work: Callable[[], T]) -> T:
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

    def finish(self) -> None:
        """After a program that ended well: delete what it no longer asks for, dependents first."""
        gone = [old for urn, old in self.state.resources.items() if urn not in self._claimed]
        pending = [*self.state.pending, *self._replaced]
        for old in _dependents_first([*gone, *pending]):
            leaving = old.urn not in self.news
            if old.protect and leaving:
                self.problems.append(UNPROTECT_TO_DELETE.format(urn=old.urn))
                if not self.preview:
                    return
                continue
            if leaving and not old.external and old.type != STACK_TYPE:
                self._note("delete", old)
            if not self.preview and old.custom and not (old.external or old.retain_on_delete):
                self._do(old, "deletion", lambda old=old: self.plugins.of(old.type).delete(old))
            self.state.forget(old)
            if old in self._replaced:
                self._replaced.remove(old)

    def save(self) -> None:
        """What exists now becomes the state, whether or not the run ended well."""
        if self.preview:
            return
        kept = {urn: old for urn, old in self.state.resources.items() if urn not in self._claimed}
        for urn in self._claimed - self.news.keys():
            if not any(urn in new.aliases for new in self.news.values()):
                kept |= {urn: self.state.resources[urn]} if urn in self.state.resources else {}
        self.state.resources = kept | self.news
        self.state.pending = [*self.state.pending, *self._replaced]


def _dependents_first(resources: list[Resource]) -> list[Resource]:
    """The later of the old state's order first: nothing is registered before what it depends on."""
    return list(reversed(resources))
