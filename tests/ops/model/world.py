"""A running stack, its checkouts, readers and rows, and the operators' commands on it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

import typer
from botocore.exceptions import ReadTimeoutError

from encryption_keys import Ring, kid
from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, exit_with
from ops.core.session import aws_errors
from ops.operations import OperationStore, Record
from settings import Settings, read_stack_file
from settings.grants import entries, entries_read_by
from settings.schema.secrets import SecretSettings
from tests.ops.model.fake_aws import FakeAws, refused
from tests.ops.model.small_program import STACK, Refused, SmallUpdate, State

ROWS_KEY = "entry-encryption-key"
CHECKOUTS = ("laptop", "desk", "pipeline")
Kind = Literal["kill", "interrupt", "denied", "timeout", "sent twice"]
KINDS: tuple[Kind, ...] = ("kill", "interrupt", "denied", "timeout", "sent twice")
R = TypeVar("R")


class Killed(BaseException):
    """The process ends here: no handler of the program sees it."""


@dataclass(frozen=True)
class Fault:
    """What happens to a command at one of its points: before and after each write, and at each boundary."""

    point: int
    kind: Kind


@dataclass
class Run:
    """One command under way."""

    values: dict[str, str]
    """Every value in the store when it began."""
    fault: Fault | None = None
    meanwhile: tuple[int, Callable[[], Any]] | None = None
    """What somebody else does at one of its points."""
    passed: int = 0
    begun: str | None = None
    """The operation record that this run wrote."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: Exit | None
    """None where it was killed."""
    run: Run
    refused_by_program: bool = False


class Quiet(Screen):
    """Keeps to itself what a command says."""

    def line(self, text: str, style: str = "") -> None:
        pass


class Sandbox:
    """Everything there is; an effect that breaks a promise fails where it happens."""

    def __init__(self, folder: Path, text: str) -> None:
        self.aws, self.state = FakeAws(), State()
        self.aws.answers = self
        self.runs: list[Run] = []
        self.roots = {name: folder / name for name in CHECKOUTS}
        for root in self.roots.values():
            root.mkdir(parents=True)
            (root / f"Pulumi.{STACK}.yaml").write_text(text)
        self.texts = [text]
        """Every text that a checkout ever had at the end of a command."""
        self.began: dict[str, dict[str, str]] = {}
        """The values in the store when the command began that wrote an operation record, by its id."""
        self.rows: dict[int, str] = {}
        """Fingerprint of the key that each row is encrypted with."""
        self.backups: list[set[str]] = []
        self.surveys: list[tuple[Any, ...]] = []
        """What verifications recorded: key, started, finished, old, poison, encrypted, undeclared."""
        self.database_time = datetime(2026, 1, 1, tzinfo=UTC)
        self.given_up: set[str] = set()
        """Keys that an operator gave up although a backup needs them."""
        self.newest: dict[str, int] = {}
        self.kids: dict[tuple[str, int], str] = {}
        self.aws.reads = {
            self.settings().names.part(one): [
                entry.store_name for entry in entries_read_by(self.settings(), one) if entry.expected
            ]
            for one in self.settings().services
        }
        assert self.update("laptop").code == Exit.DONE
        for service in self.aws.reads:
            self.aws.deploy(service)

    # What there is.

    def path(self, checkout: str) -> Path:
        return self.roots[checkout] / f"Pulumi.{STACK}.yaml"

    def settings(self, checkout: str = "laptop") -> Settings:
        return read_stack_file(STACK, self.roots[checkout])

    def secrets(self) -> dict[str, SecretSettings]:
        return {key: one for key, one in self.settings().secrets.items() if one.generated}

    def ring(self, key: str) -> Ring:
        keyring = self.secrets()[key].keyring
        assert keyring
        return Ring.load(self.aws.value(keyring.name))

    def values(self) -> dict[str, str]:
        names = [entry.store_name for entry in entries(self.settings())]
        return {name: self.aws.secrets[name].value or "" for name in names if name in self.aws.secrets}

    def open_record(self) -> Record | None:
        bucket = self.settings().names.state_bucket
        return OperationStore(self.aws.client("s3"), bucket, STACK).open_record()

    def snapshot(self) -> Any:
        """Everything that a refused command must leave as it was."""
        files = {name: self.path(name).read_text() for name in CHECKOUTS}
        aws = self.aws
        kept = (aws.secrets, aws.parameters, aws.objects, aws.denied, aws.tasks, self.state, files)
        return copy.deepcopy(kept)

    # What people and programs do.

    def command(
        self,
        work: Callable[[StackContext], Exit],
        checkout: str,
        *,
        order: int = 0,
        fault: Fault | None = None,
        meanwhile: tuple[int, Callable[[], Any]] | None = None,
    ) -> Ended:
        """Run one command as its operator sees it."""
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
                    boundary=self._at,
                )
                return work(context)

        return self._run(command, checkout, Run(self.values(), fault, meanwhile))

    def update(self, checkout: str, *, order: int = 0, fault: Fault | None = None) -> Ended:
        """``pulumi up`` by a person or a pipeline."""
        program = SmallUpdate(self.aws, self.state, self.roots[checkout], order)

        def command() -> Exit:
            program()
            return Exit.DONE

        return self._run(command, checkout, Run(self.values(), fault))

    def _run(self, command: Callable[[], Exit], checkout: str, run: Run) -> Ended:
        self.runs.append(run)
        refusals = list[Refused]()

        def watched() -> Exit:
            try:
                return command()
            except Refused as refusal:
                refusals.append(refusal)
                raise

        code = None
        try:
            exit_with(watched)
        except typer.Exit as end:
            code = Exit(end.exit_code)
        except Killed:
            self.state.locked = False
        finally:
            self.runs.pop()
            self.keep(checkout)
        return Ended(code, run, bool(refusals))

    def keep(self, checkout: str) -> None:
        """Let others pull what this checkout has."""
        text = self.path(checkout).read_text()
        if text not in self.texts:
            self.texts.append(text)

    def write_row(self) -> None:
        """The application encrypts one row with the key that its task has."""
        name = self.secrets()[ROWS_KEY].name
        (writer,) = [task for task in self.aws.tasks.values() if name in task.read]
        self.rows[len(self.rows)] = kid(writer.read[name])

    def reencrypt(self, count: int | None = None) -> None:
        """Bring rows under the current key of the stored ring."""
        ring = self.ring(ROWS_KEY)
        known = {key.kid for key in ring.keys}
        old = [row for row, key in self.rows.items() if key != ring.current.kid][:count]
        for row in old:
            assert self.rows[row] in known, "re-encryption cannot read a row"
            self.rows[row] = ring.current.kid

    def verify(self, minutes: int) -> None:
        """Count the rows that the current key alone does not open, and record it."""
        current = self.ring(ROWS_KEY).current.kid
        self.database_time += timedelta(minutes=minutes)
        old = sum(key != current for key in self.rows.values())
        self.surveys.insert(0, (current, self.database_time, self.database_time, old, 0, len(self.rows), 0))

    def back_up(self) -> None:
        self.database_time += timedelta(minutes=1)
        self.aws.snapshots.append(self.database_time)
        self.backups.append(set(self.rows.values()))

    def forget_backups(self) -> None:
        self.aws.snapshots.clear()
        self.backups.clear()

    # Points.

    def around(self, call: str, write: Callable[[], R]) -> R:
        """Carry out one write of the account or the state, as far as the fault lets it come."""
        self._at(call, write=True)
        result = write()
        self._seen()
        if self.runs and self._hit("sent twice"):
            result = write()  # botocore sends it again: the first answer was lost
        self._at(call, write=True, done=True)
        return result

    def _at(self, name: str, *, write: bool = False, done: bool = False) -> None:
        if not self.runs:
            return
        run = self.runs[-1]
        if run.meanwhile and run.meanwhile[0] == run.passed:
            other, run.meanwhile = run.meanwhile[1], None
            other()
        if self._hit("kill"):
            raise Killed(name)
        if self._hit("interrupt"):
            raise KeyboardInterrupt
        if write and not done and self._hit("denied"):
            raise refused("AccessDeniedException", name)
        if done and self._hit("timeout"):
            raise ReadTimeoutError(endpoint_url="https://aws.example.com")
        run.passed += 1

    def _hit(self, kind: Kind) -> bool:
        run = self.runs[-1]
        return run.fault is not None and (run.fault.point, run.fault.kind) == (run.passed, kind)

    def _seen(self) -> None:
        """Look at what must hold at every moment; remember what a record began with."""
        if not self.aws.tasks:
            return  # the first update
        self.check_rows()
        self.check_generations()
        record = self.open_record()
        if record is not None and record.id not in self.began and self.runs:
            self.began[record.id], self.runs[-1].begun = self.runs[-1].values, record.id

    # What must hold at every moment.

    def check_rows(self) -> None:
        """No key is lost that a row, or a row in a backup, needs."""
        if not self.rows and not self.backups:
            return
        there = {key.kid for key in self.ring(ROWS_KEY).keys}
        needed = set(self.rows.values()) | (set[str]().union(*self.backups) - self.given_up)
        assert needed <= there, f"lost keys {needed - there}"

    def check_generations(self) -> None:
        """A generation in the store only rises, and is one key for ever."""
        for key, secret in self.secrets().items():
            for name in (secret.name, secret.keyring.name if secret.keyring else secret.name):
                if name not in self.aws.secrets:
                    continue
                tagged = int(self.aws.secrets[name].tags["strongroom:generation"])
                assert tagged >= self.newest.get(name, 0), f"{name} fell to generation {tagged}"
                self.newest[name] = tagged
            if secret.keyring is None or not self.aws.secrets[secret.keyring.name].value:
                continue
            for one in self.ring(key).keys:
                known = self.kids.setdefault((key, one.generation), one.kid)
                assert known == one.kid, f"{key} generation {one.generation} became another key"
