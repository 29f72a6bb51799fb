"""Draws what operators, pipelines, applications and failures do to a stack, in any order."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ops.core.exits import Exit
from ops.core.stack_edit import with_number, with_revoked
from tests.ops.model import outcomes
from tests.ops.model.application import EVENTS, Application
from tests.ops.model.commands import (
    Command,
    checkouts,
    commands,
    faults,
    files,
    given_up,
    keys,
    orders,
    points,
    work_of,
)
from tests.ops.model.faults import Ended, Fault, Run
from tests.ops.model.invariants import Invariants
from tests.ops.model.running_stack import RunningStack
from tests.ops.model.stack_files import SECRETS


class Operations(RuleBasedStateMachine):
    """A stack whose operations and updates are ended anywhere, and what holds all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder, self.always = Path(tempfile.mkdtemp()), Invariants()
        self.stack = RunningStack(self.folder, self.always.look)
        self.application = self.always.application = Application(self.stack)

    def teardown(self) -> None:
        """What is open can be finished from the newest file, and then every reader is accepted."""
        try:
            self._take("desk", "newest")
            if self.stack.open_record() is not None:
                ended = self._run(Command("resume", "", "desk"))
                assert ended.code == Exit.DONE, "what is open cannot be finished"
            self.always.every_reader_is_accepted()
        finally:
            shutil.rmtree(self.folder)

    @rule(command=commands, file=files, fault=faults)
    def run(self, command: Command, file: str, fault: Fault | None) -> None:
        """One command, which may be ended at any point."""
        self._take(command.checkout, file)
        self._run(command, fault=fault)

    @rule(first=commands, second=commands, file=files, other_file=files, point=points)
    def run_together(self, first: Command, second: Command, file: str, other_file: str, point: int) -> None:
        """Somebody else runs a whole command at one point of the first."""

        def meanwhile() -> None:
            if second.checkout != first.checkout:
                self._take(second.checkout, other_file)
            self._run(second)

        self._take(first.checkout, file)
        self._run(first, meanwhile=(point, meanwhile))

    @rule(checkout=checkouts, file=files, fault=faults, order=orders)
    def resume(self, checkout: str, file: str, fault: Fault | None, order: int) -> None:
        self._take(checkout, file)
        self._run(Command("resume", "", checkout, order=order), fault=fault)

    @rule(checkout=checkouts, order=orders)
    def finish(self, checkout: str, order: int) -> None:
        """Resume what is open from the newest file, to its end."""
        self._take(checkout, "newest")
        self._run(Command("resume", "", checkout, order=order))

    @rule(checkout=checkouts, back=st.integers(0, 12))
    def pull(self, checkout: str, back: int) -> None:
        """Get some text that was committed, the newest or an older one."""
        texts = self.stack.texts
        self.stack.write(checkout, texts[-1 - min(back, len(texts) - 1)])

    @rule(checkout=checkouts, key=keys, how=st.sampled_from(("lower", "raise", "revoke")))
    def edit_by_hand(self, checkout: str, key: str, how: str) -> None:
        """What nobody should do: the next update refuses each of them."""
        secret, text = self.stack.settings(checkout).secrets[key], self.stack.text(checkout)
        now = secret.generation
        if how == "lower" and now > secret.min_generation and now - 1 not in secret.revoked:
            text = with_number(text, key, "generation", now - 1)
        elif how == "raise" and secret.keyring and now > secret.min_generation:
            text = with_number(text, key, "minGeneration", now)
        elif how == "revoke" and secret.keyring:
            text = with_revoked(with_number(text, key, "generation", secret.next_generation), key, now)
        self.stack.write(checkout, text)
        self.stack.commit(checkout)

    @rule(event=st.sampled_from(EVENTS))
    def use(self, event: Callable[[Application], None]) -> None:
        """The application, its pipeline and its database go on."""
        event(self.application)

    @rule()
    def prepare_retirement(self) -> None:
        self.application.prepare_retirement()

    @invariant()
    def holds(self) -> None:
        self.always.look()
        self.always.every_reader_is_accepted()

    def _take(self, checkout: str, file: str) -> None:
        texts = {"newest": self.stack.state.declared, "latest": self.stack.texts[-1]}
        if file in texts:
            self.stack.write(checkout, texts[file])

    def _run(
        self,
        command: Command,
        *,
        fault: Fault | None = None,
        meanwhile: tuple[int, Callable[[], Any]] | None = None,
    ) -> Ended:
        stack, application = self.stack, self.application
        command = self._of_what_is_open(command) if command.kind == "resume" else command
        if fault and command.kind == "incident":
            fault = replace(fault, point=fault.point * 4)  # it has about four times as many
        before, without = outcomes.Before.of(stack), set(application.given_up)
        run = Run(stack.values(), fault, meanwhile)
        if command.kind == "up":
            ended = stack.update(command.checkout, command.order, run)
        else:
            application.given_up |= given_up(command, application)
            work = work_of(command, application)
            ended = stack.command(work, command.checkout, command.order, run)
            if not run.began and not command.resume:
                application.given_up = without
        outcomes.check(stack, command, ended, before, self.always.began)
        return ended

    def _of_what_is_open(self, command: Command) -> Command:
        record = self.stack.open_record()
        if record is None:
            return replace(command, kind="rotate", key=command.key or SECRETS[0], resume=True)
        return replace(command, kind=record.kind, key=record.target, resume=record.kind != "incident")
