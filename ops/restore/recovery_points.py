"""Finds what the database can be restored from: recovery points, RDS snapshots, points in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from ops.core.aws_state import Item
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop

LATEST = "latest"
Source = Literal["recovery point", "snapshot", "point in time"]
SOURCES: tuple[Source, ...] = ("recovery point", "snapshot", "point in time")
USABLE: dict[Source, tuple[str, ...]] = {
    "recovery point": ("COMPLETED", "AVAILABLE"),
    "snapshot": ("available",),
}
"""The statuses in which a backup can be restored."""
SHOWN = 5
"""How many backups an error names."""


@dataclass(frozen=True)
class RecoveryPoint:
    """One state of the database that a backup holds."""

    source: Source
    name: str
    """The ARN of a recovery point, the identifier of a snapshot, or the database of a point in time."""
    created: datetime
    status: str = ""

    def __str__(self) -> str:
        return f"{self.source} {self.name} of {self.created:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def usable(self) -> bool:
        """Whether AWS can restore it in this status."""
        return self.status in USABLE.get(self.source, (self.status,))

    def to_dict(self) -> dict[str, str]:
        """The recovery point as a JSON object, also for the operation record."""
        return {"source": self.source, "name": self.name, "created": self.created.isoformat()}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> RecoveryPoint:
        """Read :meth:`to_dict`; :class:`LookupError` or :class:`ValueError` for anything else."""
        source, created = content["source"], datetime.fromisoformat(content["created"])
        if source not in SOURCES or not isinstance(content["name"], str) or created.tzinfo is None:
            raise ValueError(source)
        return cls(source, content["name"], created)


def find(context: StackContext, wanted: str) -> RecoveryPoint:
    """The latest backup, or the one with this ARN, identifier or time; :class:`Stop` where there is none."""
    if wanted != LATEST and (moment := _moment(wanted)) is not None:
        return _point_in_time(context, moment)
    points = [*_recovery_points(context), *_snapshots(context)]
    if wanted == LATEST:
        return _latest(context, points)
    for one in points:
        if wanted == one.name:
            if not one.usable:
                raise Stop(Exit.REFUSED, f"{one} is {one.status}: choose another one")
            return one
    raise Stop(
        Exit.BAD_INPUT,
        f"--from {wanted}: is neither {LATEST}, nor a time (2026-11-29T06:00:00Z), nor a backup of "
        f"{_database(context)}; {_known(points)}",
    )


def _latest(context: StackContext, points: Sequence[RecoveryPoint]) -> RecoveryPoint:
    """The newest recovery point; where there is none, the newest snapshot, else the last moment."""
    for source in SOURCES[:2]:
        usable = [one for one in points if one.source == source and one.usable]
        if usable:
            return max(usable, key=lambda one: one.created)
    window = _window(context)
    if window is None:
        raise Stop(
            Exit.REFUSED,
            f"{_database(context)} has no backup that can be restored: wait for the first one, which the "
            "backup plan creates within a day",
        )
    return RecoveryPoint("point in time", _database(context), window[1])


def _recovery_points(context: StackContext) -> list[RecoveryPoint]:
    """Those of the stack's vault."""
    aws, names = context.aws, context.settings.names
    arn = f"arn:aws:rds:{names.region}:{names.account_id}:db:{_database(context)}"
    found = aws.list("backup", "list_recovery_points_by_resource", "RecoveryPoints", ResourceArn=arn)
    return [
        RecoveryPoint("recovery point", one["RecoveryPointArn"], one["CreationDate"], one.get("Status", ""))
        for one in found
        if one.get("BackupVaultName") == names.backup_vault
    ]


def _snapshots(context: StackContext) -> list[RecoveryPoint]:
    """The automated and manual snapshots that are finished."""
    found = context.aws.list(
        "rds", "describe_db_snapshots", "DBSnapshots", DBInstanceIdentifier=_database(context)
    )
    return [
        RecoveryPoint(
            "snapshot", one["DBSnapshotIdentifier"], one["SnapshotCreateTime"], one.get("Status", "")
        )
        for one in found
        if "SnapshotCreateTime" in one
    ]


def _point_in_time(context: StackContext, moment: datetime) -> RecoveryPoint:
    window = _window(context)
    if window is None:
        raise Stop(
            Exit.REFUSED, f"{_database(context)} has no automated backup: choose a snapshot or recovery point"
        )
    first, last = window
    if not first <= moment <= last:
        raise Stop(
            Exit.BAD_INPUT,
            f"--from {moment.isoformat()}: {_database(context)} can be restored to times from "
            f"{first.isoformat()} to {last.isoformat()}",
        )
    return RecoveryPoint("point in time", _database(context), moment)


def _window(context: StackContext) -> tuple[datetime, datetime] | None:
    """The first and the last moment that the automated backup can be restored to."""
    windows = [one["RestoreWindow"] for one in _automated_backups(context) if one.get("RestoreWindow")]
    both = [(one["EarliestTime"], one["LatestTime"]) for one in windows if len(one) > 1]
    return max(both, key=lambda one: one[1], default=None)


def _automated_backups(context: StackContext) -> list[Item]:
    return context.aws.list(
        "rds",
        "describe_db_instance_automated_backups",
        "DBInstanceAutomatedBackups",
        DBInstanceIdentifier=_database(context),
    )


def _moment(text: str) -> datetime | None:
    """A date and time, in UTC where it has no time zone; None where the text is something else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _known(points: Sequence[RecoveryPoint]) -> str:
    newest = sorted(points, key=lambda one: one.created, reverse=True)[:SHOWN]
    if not newest:
        return "it has none"
    return "the newest are " + ", ".join(one.name for one in newest)


def _database(context: StackContext) -> str:
    return context.settings.names.part("rds")
