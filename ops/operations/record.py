"""The operation record: what an operator does to a stack, and which steps are done."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from ops.core.exits import Exit, Stop

SCHEMA = 1
Kind = Literal["rotate", "repoint", "retire", "incident", "destroy", "restore-drill"]
StepState = Literal["open", "begun", "done", "failed", "operator"]
"""``begun``: its effect may or may not have happened; ``operator``: a person has to complete it."""
KINDS: tuple[Kind, ...] = ("rotate", "repoint", "retire", "incident", "destroy", "restore-drill")
STATES: tuple[StepState, ...] = ("open", "begun", "done", "failed", "operator")


@dataclass
class RecordStep:
    """One step, saved as ``begun`` before its first effect and as ``done`` after its effect was verified."""

    state: StepState = "open"
    at: str = ""
    """When the state changed (ISO 8601, UTC)."""
    why: str = ""
    """Why it failed, or what the operator must do."""
    facts: dict[str, str] = field(default_factory=dict)
    """Facts that a later run needs: version ids and fingerprints, by name."""


@dataclass
class Record:
    """One operation on one stack."""

    id: str
    stack: str
    account: str
    kind: Kind
    target: str
    """The short name of the secret; empty for an incident, a deletion and a restore drill."""
    operator: str
    """ARN of the caller who began it."""
    reason: str
    started: str
    intent: dict[str, Any]
    """What the operation is to do, fixed at its start: generations to reach, and options."""
    before: dict[str, str]
    """The fingerprint of each value at the start, by name in the store."""
    steps: dict[str, RecordStep] = field(default_factory=dict)
    holder: str = ""
    """The ID of the run that may write this record; a run that resumes replaces it."""
    revision: int = 0
    finished: str = ""

    @property
    def title(self) -> str:
        """``rotate jwt-secret``, for messages."""
        return f"{self.kind} {self.target}".rstrip()

    def same_operation(self, kind: str, target: str) -> bool:
        """Whether a command for this kind and target may resume it."""
        return (self.kind, self.target) == (kind, target)

    def step(self, name: str) -> RecordStep:
        """The step with this name, which is added where it is missing."""
        return self.steps.setdefault(name, RecordStep())

    def done(self, name: str) -> bool:
        """Whether the step is done."""
        return name in self.steps and self.steps[name].state == "done"

    def mark(
        self, name: str, state: StepState, why: str = "", facts: Mapping[str, str] | None = None
    ) -> None:
        """Set the state of a step; the caller saves the record."""
        step = self.step(name)
        step.state, step.why, step.at = state, why, _now()
        step.facts |= facts or {}

    def to_json(self) -> str:
        """The record as it is stored."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1)

    @classmethod
    def from_json(cls, text: str, *, name: str) -> Record:
        """Parse a stored record; :class:`Stop` (bad input) for an invalid one.

        ``name`` is its URL, for messages.
        """
        try:
            content = json.loads(text)
            if content.pop("schema") != SCHEMA:
                raise ValueError("schema")
            steps = {key: RecordStep(**step) for key, step in content.pop("steps").items()}
            record = cls(steps=steps, **content)
            _check(record)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            raise Stop(
                Exit.BAD_INPUT,
                f"{name} is not an operation record of this program's version: "
                "do not delete it before you know what it was for",
            ) from None
        return record


def new_record(
    *,
    stack: str,
    account: str,
    kind: Kind,
    target: str,
    operator: str,
    reason: str,
    intent: Mapping[str, Any],
    before: Mapping[str, str],
) -> Record:
    """A record of an operation that begins now, which this run may write."""
    return Record(
        id=secrets.token_hex(8),
        stack=stack,
        account=account,
        kind=kind,
        target=target,
        operator=operator,
        reason=reason,
        started=_now(),
        intent=dict(intent),
        before=dict(before),
        holder=secrets.token_hex(8),
    )


def _check(record: Record) -> None:
    """Raise an error where a member has another type than declared."""
    texts = (
        record.id,
        record.stack,
        record.account,
        record.target,
        record.operator,
        record.reason,
        record.holder,
        record.finished,
    )
    if not all(isinstance(text, str) for text in texts) or record.kind not in KINDS:
        raise ValueError("type")
    for moment in filter(None, (record.started, record.finished)):
        if datetime.fromisoformat(moment).tzinfo is None:
            raise ValueError("time zone")
    if not isinstance(record.intent, dict) or isinstance(record.revision, bool):
        raise TypeError("type")
    if not isinstance(record.revision, int):
        raise TypeError("type")
    _check_texts(record.before)
    for step in record.steps.values():
        if step.state not in STATES or not isinstance(step.why, str) or not isinstance(step.at, str):
            raise ValueError("state")
        _check_texts(step.facts)


def _check_texts(mapping: Mapping[str, str]) -> None:
    if not isinstance(mapping, dict) or not all(isinstance(value, str) for value in mapping.values()):
        raise TypeError("type")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
