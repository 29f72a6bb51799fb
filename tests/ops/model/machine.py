"""Draws what operators, pipelines, applications and failures do to a stack, in any order."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from ops.core.exits import Exit
from ops.core.stack_edit import with_number, with_revoked
from ops.operations import Record
from tests.ops.model import outcomes
from tests.ops.model.application import EVENTS, Application
from tests.ops.model.commands import (
    Command,
    Edit,
    Pull,
    Together,
    commands,
    edits,
    given_up,
    together,
    work_of,
)
from tests.ops.model.invariants import Invariants
from tests.ops.model.points import Ended, Fault, Point, Run
from tests.ops.model.running_stack import RunningStack
from tests.ops.model.stack_files import RINGS, ROWS_KEY

Step = Command | Together | Edit | Pull | Callable[[Application], None]
step: st.SearchStrategy[Step] = st.one_of(
    commands,
    commands,
    together,
    st.sampled_from(EVENTS),
    st.sampled_from((Application.prepare_retirement, Application.prepare_retirement, Application.back_up)),
    edits,
)


class Operations(RuleBasedStateMachine):
    """A stack whose operations and updates are ended anywhere, and what holds all the same."""

    seen: Counter[tuple[str, str]] = Counter()
    """The commands of all examples, and how they ended."""

    def __init__(self) -> None:
        super().__init__()
        self.folder, self.always = Path(tempfile.mkdtemp()), Invariants()
        self.stack = RunningStack(self.folder, self.always.look)
        self.application = self.always.application = Application(self.stack)

    def teardown(self) -> None:
        """What is open can be finished from the newest file, and then every reader is accepted."""
        try:
            if self.stack.open_record() is not None:
                ended = self._run(Command("rotate", "", "desk", "newest", resume=True))
                assert ended.code == Exit.DONE, "what is open cannot be finished"
            self.always.holds()
        finally:
            shutil.rmtree(self.folder)

    @rule(steps=st.lists(step, min_size=1, max_size=8))
    def take(self, steps: Sequence[Step]) -> None:
        """Take some steps; of several rules hypothesis would leave half out of an example."""
        for one in steps:
            match one:
                case Command():
                    self._run(one)
                case Together():
                    self._run_together(one)
                case Edit() | Pull():
                    self._edit(one)
                case _:
                    one(self.application)
            self.always.holds()

    def _run_together(self, together: Together) -> None:
        """Somebody else runs whole commands at one point of the first, from another checkout."""
        first = together.first
        checkout = "desk" if first.checkout == "laptop" else "laptop"

        def others() -> None:
            for other in together.others:
                key = first.key if together.same_key else other.key
                self._run(replace(other, key=key, checkout=checkout))

        self._run(replace(first, fault=None), meanwhile=(first.at, others))

    def _edit(self, edit: Edit | Pull) -> None:
        stack, checkout = self.stack, edit.checkout
        if isinstance(edit, Pull):
            stack.write(checkout, stack.texts[-1 - min(edit.back, len(stack.texts) - 1)])
            return
        key, secret, text = edit.key, stack.settings(checkout).secrets[edit.key], stack.text(checkout)
        now = secret.generation
        if edit.how == "lower" and now > secret.min_generation and now - 1 not in secret.revoked:
            text = with_number(text, key, "generation", now - 1)
        elif edit.how == "raise" and secret.keyring and now > secret.min_generation:
            text = with_number(text, key, "minGeneration", now)
        elif edit.how == "revoke" and secret.keyring:
            text = with_revoked(with_number(text, key, "generation", secret.next_generation), key, now)
        stack.write(checkout, text)
        stack.commit(checkout)

    def _run(self, command: Command, meanwhile: tuple[Point, Callable[[], Any]] | None = None) -> Ended:
        stack, application = self.stack, self.application
        texts = {"newest": stack.state.declared, "latest": stack.texts[-1]}
        stack.write(command.checkout, texts.get(command.file, stack.text(command.checkout)))
        if command.kind == "retire" and command.key not in RINGS:
            command = replace(command, key=ROWS_KEY)
        before, without = outcomes.Before.of(stack), set(application.given_up)
        command = _resumed(command, before.open)
        run = Run(stack.values(), Fault(command.at, command.fault) if command.fault else None, meanwhile)
        if command.kind == "up":
            ended = stack.update(command.checkout, command.order, run)
        else:
            application.given_up |= given_up(command, application)
            work = work_of(command, application)
            ended = stack.command(work, command.checkout, command.order, run)
            if not run.began and not command.resume:
                application.given_up = without
        outcomes.check(stack, command, ended, before, self.always.began)
        self.seen[name_of(command, ended)] += 1
        return ended


def _resumed(command: Command, record: Record | None) -> Command:
    if not command.resume or record is None or command.kind == "up":
        return replace(command, resume=False)
    kind: Any = record.kind
    return replace(command, kind=kind, key=record.target, resume=kind != "incident")


def name_of(command: Command, ended: Ended) -> tuple[str, str]:
    """The command, and how it ended."""
    how = "killed" if ended.code is None else ended.code.name
    between = " together" if ended.run.interleaved else " resumed" if command.resume else ""
    return f"{command.kind}{' --compromised' * _drops(command)}{between}", how


def _drops(command: Command) -> bool:
    return command.kind == "rotate" and command.compromised and not command.resume
