"""Draws what operators, pipelines, applications and failures do to a stack, in any order."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ops.core.context import StackContext
from ops.core.exits import Exit
from ops.core.stack_edit import with_number, with_revoked
from ops.incident import run as incidents
from ops.rotation import retire as retirement
from ops.rotation import rotate as rotation
from tests.ops.model import promises
from tests.ops.model.database import FakeDatabase
from tests.ops.model.sandbox import CHECKOUTS, KINDS, ROWS_KEY, Ended, Fault, Sandbox

KEYS = (ROWS_KEY, "jwt-secret", "redis-url")
RINGS = KEYS[:2]

faults = st.none() | st.builds(Fault, st.integers(0, 60), st.sampled_from(KINDS))
checkouts = st.sampled_from(CHECKOUTS)
orders = st.integers(0, 7)


@dataclass(frozen=True)
class Command:
    """One command line, from one checkout."""

    kind: str
    key: str
    checkout: str
    compromised: bool = False
    without_backups: bool = False
    order: int = 0


commands = st.builds(
    Command,
    kind=st.sampled_from(("rotate", "retire", "incident", "resume", "up")),
    key=st.sampled_from(KEYS),
    checkout=checkouts,
    compromised=st.booleans(),
    without_backups=st.booleans(),
    order=orders,
)


class Operations(RuleBasedStateMachine):
    """A stack whose operations and updates are ended anywhere, and what must hold all the same."""

    text: str
    """The stack file that every example begins with."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.sandbox = Sandbox(self.folder, self.text)

    def teardown(self) -> None:
        try:
            promises.converges(self.sandbox, self._run)
        finally:
            shutil.rmtree(self.folder)

    # Operators and pipelines.

    @rule(command=commands, fault=faults)
    def run(self, command: Command, fault: Fault | None) -> None:
        """One command, which may be ended at any point."""
        self._run(command, fault=fault)

    @rule(command=commands, fault=faults)
    def run_from_the_newest_file(self, command: Command, fault: Fault | None) -> None:
        self.sandbox.path(command.checkout).write_text(self.sandbox.state.declared)
        self._run(command, fault=fault)

    @rule(first=commands, second=commands, point=st.integers(0, 60))
    def run_together(self, first: Command, second: Command, point: int) -> None:
        """Somebody else runs a whole command at one point of the first."""
        self._run(first, meanwhile=(point, lambda: self._run(second)))

    @rule(checkout=checkouts, fault=faults, order=orders)
    def resume(self, checkout: str, fault: Fault | None, order: int) -> None:
        self._run(Command("resume", "", checkout, order=order), fault=fault)

    @rule(checkout=checkouts, back=st.integers(0, 12))
    def pull(self, checkout: str, back: int) -> None:
        """Get some text that was committed, the newest or an older one."""
        texts = self.sandbox.texts
        self.sandbox.path(checkout).write_text(texts[-1 - min(back, len(texts) - 1)])

    @rule(checkout=checkouts, key=st.sampled_from(KEYS), how=st.sampled_from(("lower", "raise", "revoke")))
    def edit_by_hand(self, checkout: str, key: str, how: str) -> None:
        """What nobody should do: each is refused by the next update."""
        path, secret = self.sandbox.path(checkout), self.sandbox.settings(checkout).secrets[key]
        text, now = path.read_text(), secret.generation
        if how == "lower" and now > secret.min_generation and now - 1 not in secret.revoked:
            path.write_text(with_number(text, key, "generation", now - 1))
        elif how == "raise" and secret.keyring and now > secret.min_generation:
            path.write_text(with_number(text, key, "minGeneration", now))
        elif how == "revoke" and secret.keyring:
            raised = with_number(text, key, "generation", secret.next_generation)
            path.write_text(with_revoked(raised, key, now))
        self.sandbox.keep(checkout)

    # The application, its pipeline and its database.

    @rule(service=st.sampled_from(("aiponge-api-gateway", "aiponge-user")))
    def deploy(self, service: str) -> None:
        self.sandbox.aws.deploy(service)

    @rule()
    def write_row(self) -> None:
        self.sandbox.write_row()

    @rule(count=st.none() | st.integers(0, 2))
    def reencrypt(self, count: int | None) -> None:
        self.sandbox.reencrypt(count)

    @rule(minutes=st.sampled_from((1, 20)))
    def verify(self, minutes: int) -> None:
        self.sandbox.verify(minutes)

    @rule()
    def prepare_retirement(self) -> None:
        self.sandbox.write_row()
        self.sandbox.reencrypt()
        for _ in range(2):
            self.sandbox.verify(20)

    @rule()
    def back_up(self) -> None:
        self.sandbox.back_up()

    @rule()
    def forget_backups(self) -> None:
        self.sandbox.forget_backups()

    # What must hold.

    @invariant()
    def no_key_is_lost(self) -> None:
        self.sandbox.check_rows()
        self.sandbox.check_generations()

    @invariant()
    def every_reader_is_accepted(self) -> None:
        promises.readers_are_accepted(self.sandbox)

    def _run(
        self,
        command: Command,
        *,
        fault: Fault | None = None,
        meanwhile: tuple[int, Callable[[], Any]] | None = None,
    ) -> Ended:
        sandbox = self.sandbox
        if command.kind == "resume":
            record = sandbox.open_record()
            kind, key = (record.kind, record.target) if record else ("rotate", command.key or KEYS[0])
            command = replace(command, kind=kind, key=key)
            resume = kind != "incident"
        else:
            resume = False
        before, open_before = sandbox.snapshot(), sandbox.open_record()
        given_up = set(sandbox.given_up)
        if command.kind == "up":
            ended = sandbox.update(command.checkout, order=command.order, fault=fault)
        else:
            work = self._work(command, resume)
            ended = sandbox.command(
                work, command.checkout, order=command.order, fault=fault, meanwhile=meanwhile
            )
            if not ended.run.begun and not resume:
                sandbox.given_up = given_up
        alone = meanwhile is None or ended.run.meanwhile is not None
        promises.kept(sandbox, command, ended, before, open_before, alone=alone)
        return ended

    def _work(self, command: Command, resume: bool) -> Callable[[StackContext], Exit]:
        sandbox, key = self.sandbox, command.key
        match command.kind:
            case "rotate":
                how = rotation.How(
                    write=True, compromised=command.compromised, accept_outage=True, resume=resume
                )
                return lambda context: rotation.rotate(context, key, how)
            case "retire":
                if command.without_backups and key in RINGS and not resume:
                    sandbox.given_up |= {
                        one.kid for one in sandbox.ring(key).keys if one.status == "decrypt-only"
                    }
                retire = retirement.How(
                    write=True,
                    connect=FakeDatabase(sandbox),
                    token_minutes=0,
                    without_backups=command.without_backups,
                    resume=resume,
                )
                return lambda context: retirement.retire(context, key, retire)
            case _:
                everything = incidents.How(write=True, accept_outage=True, again=True)
                return lambda context: incidents.incident(context, everything)
