"""The result of a restore drill, as its finished operation record keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from ops.core.exits import Exit, Stop
from ops.core.session import error_code
from ops.operations import OperationStore, Record
from ops.restore.recovery_points import RecoveryPoint

RESTORE, ISOLATION, CHECK, DELETION = "restore", "isolation", "check", "deletion"
"""The steps of a drill in its operation record."""
RESULT, FAILED, ABORTED = "result", "failed", "aborted"
"""The fact of a step that ended the drill, and its values."""


@dataclass(frozen=True)
class Result:
    """What a drill found."""

    point: RecoveryPoint
    finished: str
    restore_s: int | None
    """Seconds from the start of the restore until the copy was available."""
    check_s: int | None
    tables: dict[str, int]
    """Rows by table."""
    opened: int
    """Ciphertexts that the key ring opened."""
    problem: str
    aborted: bool

    @property
    def ok(self) -> bool:
        """Whether the backup was restored and checked without a problem."""
        return not self.problem and self.check_s is not None

    def __str__(self) -> str:
        if not self.ok:
            return f"{self.point}: {self.problem}"
        counts = f"{len(self.tables)} tables with {sum(self.tables.values()):,} rows"
        return (
            f"{self.point}: available after {_minutes(self.restore_s)}, checked in {_minutes(self.check_s)}, "
            f"{counts}, {self.opened:,} ciphertexts decrypted"
        )

    def to_dict(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return {
            "recoveryPoint": self.point.to_dict(),
            "finished": self.finished or None,
            "ok": self.ok,
            "aborted": self.aborted,
            "restoreSeconds": self.restore_s,
            "checkSeconds": self.check_s,
            "tables": self.tables,
            "ciphertextsDecrypted": self.opened,
            "problem": self.problem or None,
        }


def point_of(record: Record) -> RecoveryPoint:
    """The recovery point of a drill; :class:`Stop` (bad input) where its record names none."""
    try:
        return RecoveryPoint.from_dict(record.intent["point"])
    except (LookupError, TypeError, ValueError):
        raise Stop(
            Exit.BAD_INPUT,
            f"the operation record of {record.title} names no recovery point: do not delete it",
        ) from None


def result(record: Record) -> Result:
    """The result that a record holds so far."""
    facts = {name: step.facts for name, step in record.steps.items()}
    checked = facts.get(CHECK, {})
    ended = [step for step in record.steps.values() if step.facts.get(RESULT)]
    return Result(
        point=point_of(record),
        finished=record.finished,
        restore_s=_number(facts.get(RESTORE, {})),
        check_s=_number(checked),
        tables=json.loads(checked.get("tables", "{}")),
        opened=int(checked.get("opened", "0")),
        problem="; ".join(step.why for step in ended),
        aborted=any(step.facts[RESULT] == ABORTED for step in ended),
    )


def last_result(store: OperationStore) -> Result | None:
    """The result of the last drill that was not aborted; None where there was none."""
    try:
        found = store.finished("restore-drill")
    except ClientError as error:
        if error_code(error) != "NoSuchBucket":
            raise
        return None
    results = [one for one in map(result, found) if not one.aborted]
    return max(results, key=lambda one: datetime.fromisoformat(one.finished), default=None)


def _number(facts: dict[str, str]) -> int | None:
    return int(facts["seconds"]) if "seconds" in facts else None


def _minutes(seconds: int | None) -> str:
    minutes, rest = divmod(seconds or 0, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
