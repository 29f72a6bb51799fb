"""A stack with its checkouts, and the operators' commands on it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import typer

from encryption_keys import Ring
from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, exit_with
from ops.core.session import aws_errors
from ops.operations import OperationStore, Record
from settings import Settings
from settings.grants import entries, entries_read_by
from settings.schema.secrets import SecretSettings
from tests.ops.model.aws.account import FakeAws
from tests.ops.model.aws.services import CLIENTS
from tests.ops.model.points import Ended, Killed, Points, Run
from tests.ops.model.small_program import RefusedByProgram, SmallUpdate, State
from tests.ops.model.stack_files import STACK, settings_of, small_stack_file, stack_file

CHECKOUTS = ("laptop", "desk", "pipeline")


loaded = cache(Ring.load)
"""A key ring, parsed once a text."""


class Quiet(Screen):
    """A screen that prints nothing."""

    def line(self, text: str, style: str = "") -> None:
        pass


class RunningStack:
    """The account, Pulumi's state and three checkouts of one stack that is up."""

    def __init__(self, folder: Path, look: Callable[[], None]) -> None:
        self.points = Points(look)
        self.aws, self.state = FakeAws(CLIENTS, self.points.around), State()
        self.roots = {name: folder / name for name in CHECKOUTS}
        self.texts = [small_stack_file()]
        """Every text that a checkout ever had at the end of a command."""
        for root in self.roots.values():
            root.mkdir(parents=True)
            stack_file(root).write_text(self.texts[0])
        settings = self.settings()
        self.secrets: dict[str, SecretSettings] = {
            key: one for key, one in settings.secrets.items() if one.generated
        }
        """The generated secrets as they are declared at the beginning, for what no command changes."""
        self._names = [entry.store_name for entry in entries(settings)]
        self._bucket = settings.names.state_bucket
        for service in settings.services:
            read = [entry.store_name for entry in entries_read_by(settings, service) if entry.expected]
            self.aws.reads[settings.names.part(service)] = read
        assert self.update("laptop").code == Exit.DONE
        for service in self.aws.reads:
            self.aws.deploy(service)

    def settings(self, checkout: str = "laptop") -> Settings:
        return settings_of(self.roots[checkout])

    def ring(self, key: str) -> Ring:
        keyring = self.secrets[key].keyring
        assert keyring
        return loaded(self.aws.value(keyring.name))

    def values(self) -> dict[str, str]:
        """Every value in the store, by name."""
        return {name: self.aws.secrets[name].value or "" for name in self._names if name in self.aws.secrets}

    def open_record(self) -> Record | None:
        return OperationStore(self.aws.client("s3"), self._bucket, STACK).open_record()

    def snapshot(self) -> Any:
        """Everything that a refused command must leave as it was."""
        files = {name: self.text(name) for name in CHECKOUTS}
        aws = self.aws
        kept = (aws.secrets, aws.parameters, aws.objects, aws.role_policies, aws.tasks, self.state, files)
        return copy.deepcopy(kept)

    def text(self, checkout: str) -> str:
        return stack_file(self.roots[checkout]).read_text()

    def write(self, checkout: str, text: str) -> None:
        """Let a checkout have this stack file."""
        stack_file(self.roots[checkout]).write_text(text)

    def commit(self, checkout: str) -> None:
        """Let others pull what this checkout has."""
        if (text := self.text(checkout)) not in self.texts:
            self.texts.append(text)

    def command(self, work: Callable[[StackContext], Exit], checkout: str, order: int, run: Run) -> Ended:
        """Run one command of ``ops`` as its operator sees it."""
        update, root = SmallUpdate(self.aws, self.state, self.roots[checkout], order), self.roots[checkout]

        def command() -> Exit:
            with aws_errors():
                context = StackContext(
                    STACK,
                    self.settings(checkout),
                    self.aws,  # pyright: ignore[reportArgumentType]
                    lambda: update,
                    Quiet(as_json=False),
                    Clock(poll_s=0, rollout_s=0, rotation_s=0),
                    root,
                    boundary=self.points.boundary,
                )
                return work(context)

        return self._run(command, checkout, run)

    def update(self, checkout: str, order: int = 0, run: Run | None = None) -> Ended:
        """``pulumi up`` by a person or a pipeline."""
        program = SmallUpdate(self.aws, self.state, self.roots[checkout], order)

        def command() -> Exit:
            program()
            return Exit.DONE

        return self._run(command, checkout, run or Run(self.values()))

    def _run(self, command: Callable[[], Exit], checkout: str, run: Run) -> Ended:
        refusals, code = list[RefusedByProgram](), None

        def watched() -> Exit:
            try:
                return command()
            except RefusedByProgram as refusal:
                refusals.append(refusal)
                raise

        self.points.runs.append(run)
        try:
            exit_with(watched)
        except typer.Exit as end:
            code = Exit(end.exit_code)
        except Killed:
            self.state.locked = False
        finally:
            self.points.runs.pop()
            self.commit(checkout)
        return Ended(code, run, bool(refusals))
