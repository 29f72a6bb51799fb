"""What an incident replaces, item by item: each is a step of its operation record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.session import sentence
from ops.operations import RESUME, Operation, Record, RecordStep, StepState, records

AGAIN = "this command again"
"""How an incident goes on: it has no ``--resume``."""
FAILURES = (Stop, ClientError)
"""What ends one item and not the run."""
LATELY = timedelta(days=1)
"""How long after its end an incident is what a second command was meant for."""


class ForOperator(Stop):
    """One item waits for a person; its sentence says what to do."""

    def __init__(self, remedy: str) -> None:
        super().__init__(Exit.PARTLY, remedy)


class Items:
    """The items that are expected now, and the open record that says how far each one is.

    What the record has and nobody expects any more holds nothing up: a secret that left the stack file, or
    the sessions of this run's own role, which an operator with another role has in the list.
    """

    def __init__(self, operation: Operation, names: Iterable[str]) -> None:
        self.operation, self.names = operation, tuple(names)

    @property
    def record(self) -> Record:
        """The operation record."""
        return self.operation.record

    @property
    def started(self) -> datetime:
        """When the incident began, in whole seconds: what began in this one counts as later."""
        return datetime.fromisoformat(self.record.started)

    @property
    def unfinished(self) -> dict[str, RecordStep]:
        """What is not done, by name."""
        return {name: self.state(name) for name in self.names if not self.done(name)}

    def state(self, name: str) -> RecordStep:
        """How far one item is."""
        return self.record.steps.get(name, RecordStep())

    def done(self, name: str) -> bool:
        """Whether an earlier run, or this one, did it."""
        return self.record.done(name)

    def mark(self, name: str, state: StepState, why: str = "") -> None:
        """Save what became of one item, where that is news."""
        known = self.state(name)
        if (known.state, known.why) != (state, why):
            self.operation.mark(name, state, why)

    def remember(self, name: str, facts: Mapping[str, str]) -> None:
        """Save what a later run must know of one item."""
        self.record.step(name).facts.update(facts)
        self.operation.save()

    @contextmanager
    def trying(self, name: str, then: StepState = "done") -> Iterator[None]:
        """Take one item in hand; where it fails the others go on, where the run is killed it stays begun."""
        self.mark(name, "begun")
        try:
            yield
        except ForOperator as waiting:
            self.mark(name, "operator", str(waiting))
        except FAILURES as error:
            self.mark(name, "failed", said(error))
        else:
            self.mark(name, then)


def secret_item(key: str) -> str:
    """What the record calls the replacement of a secret, whoever replaces it."""
    return f"secret {key}"


def said(error: Exception) -> str:
    """Why an item failed, for somebody who goes on by running the incident again."""
    text = sentence(error) if isinstance(error, ClientError) else str(error)
    return text.replace(RESUME, AGAIN)


def just_finished(context: StackContext, now: datetime) -> Record | None:
    """An incident that was finished less than a day ago: the same command typed twice is no second breach."""
    lately = [
        one
        for one in records(context).finished("incident")
        if now.astimezone(UTC) - datetime.fromisoformat(one.finished) < LATELY
    ]
    return max(lately, key=lambda one: one.finished, default=None)
