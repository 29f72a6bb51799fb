"""Runs the steps of an operation; saves its operation record before and after each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.session import sentence
from ops.operations.record import Kind, Record, RecordStep, StepState, new_record
from ops.operations.store import OperationStore

RESUME = "--resume"
"""The option that continues an open operation record; an incident is run again instead."""


class Operation:
    """An open operation record that this run may write, with its stack."""

    def __init__(self, context: StackContext, store: OperationStore, record: Record) -> None:
        self.context, self._store, self.record = context, store, record

    @classmethod
    def begin(
        cls,
        context: StackContext,
        kind: Kind,
        target: str,
        *,
        intent: Mapping[str, Any],
        before: Mapping[str, str],
    ) -> Operation:
        """Write a new record; :class:`Stop` (refused) where another operation is open."""
        store, settings = records(context), context.settings
        record = new_record(
            stack=context.stack,
            account=settings.account_id,
            kind=kind,
            target=target,
            operator=str(context.aws.client("sts").get_caller_identity()["Arn"]),
            reason=context.reason,
            intent=intent,
            before=before,
        )
        store.begin(record)
        context.boundary("record written")
        return cls(context, store, record)

    @classmethod
    def resume(cls, context: StackContext, kind: Kind, target: str) -> Operation:
        """Take over the open record of this operation; :class:`Stop` (refused) where there is none."""
        store = records(context)
        return cls(context, store, store.take_over(to_resume(context, kind, target)))

    @contextmanager
    def step(self, name: str) -> Iterator[RecordStep]:
        """Save a step as begun, run the ``with`` block, and save it as done, or as failed with the reason."""
        self.mark(name, "begun")
        try:
            yield self.record.step(name)
        except Stop as stop:
            self.mark(name, "failed", str(stop))
            raise
        self.mark(name, "done")

    def mark(
        self, name: str, state: StepState, why: str = "", facts: Mapping[str, str] | None = None
    ) -> None:
        """Save the state of one step."""
        self.record.mark(name, state, why, facts)
        self.save()
        self.context.boundary(f"{name}: {state}")

    def save(self) -> None:
        """Save the record; :class:`Stop` where another run has taken it over."""
        self._store.save(self.record)

    def finish(self) -> None:
        """Close the record once the result has been verified."""
        self.context.boundary("before the record is closed")
        self._store.keep(self.record, datetime.now(UTC).isoformat(timespec="seconds"))
        self.context.boundary("record kept")
        self._store.free(self.record)

    def to_dict(self) -> dict[str, Any]:
        """The operation record as a JSON object."""
        return as_dict(self.record)


def as_dict(record: Record) -> dict[str, Any]:
    """A record's id and the states of its steps, for JSON documents."""
    steps = {name: step.state for name, step in record.steps.items()}
    return {"id": record.id, "started": record.started, "steps": steps}


def records(context: StackContext) -> OperationStore:
    """The store of the stack's operation records."""
    return OperationStore(context.aws.client("s3"), context.settings.names.state_bucket, context.stack)


def open_record(context: StackContext) -> Record | None:
    """The open operation record; :class:`Stop` (refused) where it is of another account."""
    store = records(context)
    found, account = store.open_record(), context.settings.account_id
    if found is not None and found.account != account:
        raise Stop(Exit.REFUSED, f"{store.where} is of account {found.account}, not {account}")
    return found


def other_open(context: StackContext) -> str | None:
    """The message that another operation is open; None where there is none."""
    found = open_record(context)
    return records(context).busy(found) if found else None


def to_resume(context: StackContext, kind: Kind, target: str) -> Record:
    """Read the open record of this operation, unchanged; :class:`Stop` (refused) where there is none."""
    store, found = records(context), open_record(context)
    if found is None:
        raise Stop(
            Exit.REFUSED, f"nothing to resume: no operation on {context.stack} is open ({store.where})"
        )
    if not found.same_operation(kind, target):
        asked = f"{kind} {target}".rstrip()
        raise Stop(Exit.REFUSED, f"{asked} is not the open operation: {store.busy(found)}")
    return found


@contextmanager
def resumable(by: str = RESUME) -> Iterator[None]:
    """Add to the message of an interrupted run how to continue it."""
    try:
        yield
    except ClientError as error:
        raise Stop(Exit.UNREACHABLE, f"{sentence(error)}; then continue with {by}") from None
    except KeyboardInterrupt:
        raise Stop(
            Exit.INTERRUPTED, f"interrupted: the operation record has every step, continue with {by}"
        ) from None
