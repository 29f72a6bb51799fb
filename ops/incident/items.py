"""The items that an incident replaces; each is a step of its operation record."""

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
"""How an incident is continued: the command has no ``--resume``."""
FAILURES = (Stop, ClientError)
"""Exceptions that fail one item and do not end the run."""
LATELY = timedelta(days=1)
"""How long after an incident has finished another one requires --again."""


class ForOperator(Stop):
    """Marks an item that the operator has to complete; the message says how."""

    def __init__(self, remedy: str) -> None:
        super().__init__(Exit.PARTLY, remedy)


class Items:
    """The expected items of an incident, with their states in the open operation record.

    Items of the record that are not expected are ignored: a secret that the stack file no longer
    declares, or the sessions of this run's own role, which a run with another role has listed.
    """

    def __init__(self, operation: Operation, names: Iterable[str]) -> None:
        self.operation, self.names = operation, tuple(names)

    @property
    def record(self) -> Record:
        """The operation record."""
        return self.operation.record

    @property
    def started(self) -> datetime:
        """The start of the incident, in whole seconds."""
        return datetime.fromisoformat(self.record.started)

    @property
    def unfinished(self) -> dict[str, RecordStep]:
        """The items that are not done, by name."""
        return {name: self.state(name) for name in self.names if not self.done(name)}

    def state(self, name: str) -> RecordStep:
        """The state of one item."""
        return self.record.steps.get(name, RecordStep())

    def done(self, name: str) -> bool:
        """Whether it was completed, by this run or an earlier one."""
        return self.record.done(name)

    def mark(self, name: str, state: StepState, why: str = "") -> None:
        """Save the state of one item where it has changed."""
        known = self.state(name)
        if (known.state, known.why) != (state, why):
            self.operation.mark(name, state, why)

    def remember(self, name: str, facts: Mapping[str, str]) -> None:
        """Save facts about one item that a later run needs."""
        self.record.step(name).facts.update(facts)
        self.operation.save()

    @contextmanager
    def trying(self, name: str, then: StepState = "done") -> Iterator[None]:
        """Save an item as begun, and afterwards as ``then`` or as failed; a failure does not end the run."""
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
    """The name of a secret's item in the operation record."""
    return f"secret {key}"


def said(error: Exception) -> str:
    """The reason why an item failed, with ``--resume`` replaced by running the command again."""
    text = sentence(error) if isinstance(error, ClientError) else str(error)
    return text.replace(RESUME, AGAIN)


def just_finished(context: StackContext, now: datetime) -> Record | None:
    """The last incident that finished less than a day ago; None where there is none."""
    lately = [
        one
        for one in records(context).finished("incident")
        if now.astimezone(UTC) - datetime.fromisoformat(one.finished) < LATELY
    ]
    return max(lately, key=lambda one: one.finished, default=None)
