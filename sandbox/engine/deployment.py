"""Turns the resources that a program registers into steps against the state, by the real engine's rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sandbox.engine.model import PolicyFinding, Resource
from sandbox.engine.plugins import Plugins
from sandbox.engine.state import State
from sandbox.engine.step_executor import StepExecutor, Stopped, Watch
from sandbox.provider import diff
from sandbox.provider.calls import SandboxError

Judge = Callable[[Resource], list[PolicyFinding]]


class Deployment:
    """One preview or update: the old state, and the resources that the program registers."""

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
        self._judge = judge
        self._executor = StepExecutor(state, plugins, preview=preview, watch=watch)
        self.steps, self.problems = self._executor.steps, self._executor.problems
        self.findings: list[PolicyFinding] = []
        self.kept: set[str] = set()
        """URNs of protected resources that were to be deleted, and of what they need."""
        self._claimed: set[str] = set()
        self._stop = ""

    def register(self, goal: Resource) -> Resource:
        """Bring one resource to its goal; return it as it is now (``id`` empty: not known yet)."""
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
        if goal.import_id and old is None:
            return self._executor.take_in(goal)
        change = self.plugins.of(goal.type).compare(old, goal) if old else None
        if old is None or change is None:
            return self._executor.create(goal)
        if not change:
            return self._executor.same(goal, old)
        if change.unsupported:
            raise Stopped(
                f"{goal.urn}: the sandbox does not know how to change {', '.join(change.unsupported)} of "
                f"{goal.type}; extend its row in sandbox/provider/types/, or start a new sandbox"
            )
        if change.replace:
            return self._executor.replace(goal, old, change, asked)
        return self._executor.update(goal, old, change)

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

    def _component(self, goal: Resource, old: Resource | None) -> Resource:
        self._executor.note("same" if old else "create", goal)
        return goal

    def finish(self) -> None:
        """After a successful program, delete what it no longer declares, dependents first.

        A protected resource stays with everything that it needs; the rest is deleted, and the run fails.
        """
        gone = [old for urn, old in self.state.resources.items() if urn not in self._claimed]
        pending = [*self.state.pending, *self._executor.replaced]
        for old in dependents_first([*gone, *pending]):
            if old in gone and old.urn in self.kept:
                continue
            if not self._executor.delete(old, leaving=old.urn not in self.news):
                self.kept |= self.state.with_needs([old.urn])

    def save(self) -> None:
        """The resources that exist now become the state, whether or not the run succeeded."""
        if self.preview:
            return
        aliases = {alias for new in self.news.values() for alias in new.aliases}
        known = self.news.keys() | (self._claimed & aliases)
        kept = {urn: old for urn, old in self.state.resources.items() if urn not in known}
        # New ones first: what the run did not reach may depend on them, and dependents are deleted first.
        self.state.resources = self.news | kept
        self.state.pending = [*self.state.pending, *self._executor.replaced]


def dependents_first(resources: list[Resource]) -> list[Resource]:
    """The deletion order: the old state reversed, because nothing is registered before what it depends on."""
    return list(reversed(resources))
