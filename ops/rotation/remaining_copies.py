"""Lists the copies of an old key, and of the rows under it, that its removal from the key ring leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ops.core.context import StackContext
from ops.core.secret_stores import CURRENT, ParameterStore
from settings.grants import StoreEntry, entries

PARAMETER_VERSIONS = 100
"""How many versions of a parameter Parameter Store keeps."""


@dataclass(frozen=True)
class Backup:
    """One backup of the database that can be restored, and the oldest moment that it can be restored to."""

    name: str
    oldest: datetime


@dataclass(frozen=True)
class OldVersion:
    """A version of a secret or parameter from before the current one; its value is not read."""

    name: str
    version: str


@dataclass(frozen=True)
class Copies:
    """What still holds an old key, and what is still encrypted with it."""

    versions: tuple[OldVersion, ...]
    backups: tuple[Backup, ...]

    def __str__(self) -> str:
        lines = [
            f"version {one.version} of {one.name} can still be read and may hold the old key"
            for one in self.versions
        ]
        lines += [
            f"{one.name} can be restored to {one.oldest:%Y-%m-%d %H:%M} and holds rows from before"
            for one in self.backups
        ]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, list[dict[str, Any]]]:
        """The copies as a JSON object."""
        backups = [{"name": one.name, "oldest": one.oldest.isoformat()} for one in self.backups]
        return {"versions": [asdict(one) for one in self.versions], "backups": backups}


def copies(context: StackContext, key: str, *, encrypts_rows: bool) -> Copies:
    """The older versions of a secret and its key ring, and the backups if the key encrypts rows."""
    found: list[OldVersion] = []
    for entry in entries(context.settings):
        if entry.key == key and entry.holds != "previous":
            found += _older(context, entry)
    return Copies(tuple(found), tuple(backups(context)) if encrypts_rows else ())


def backups(context: StackContext) -> Iterator[Backup]:
    """Automated backups, snapshots of RDS and of AWS Backup, and recovery points of the stack's database.

    RDS lists snapshots that AWS Backup made only when asked for that type.
    """
    aws, name = context.aws, context.aws.names.part("rds")
    for one in aws.list(
        "rds",
        "describe_db_instance_automated_backups",
        "DBInstanceAutomatedBackups",
        DBInstanceIdentifier=name,
    ):
        yield from _backup("the automated backup", one.get("RestoreWindow", {}).get("EarliestTime"))
    for which in ({}, {"SnapshotType": "awsbackup"}):
        for one in aws.list(
            "rds", "describe_db_snapshots", "DBSnapshots", DBInstanceIdentifier=name, **which
        ):
            yield from _backup(f"snapshot {one['DBSnapshotIdentifier']}", one.get("SnapshotCreateTime"))
    arn = f"arn:aws:rds:{aws.names.region}:{aws.names.account_id}:db:{name}"
    for one in aws.list("backup", "list_recovery_points_by_resource", "RecoveryPoints", ResourceArn=arn):
        yield from _backup(f"recovery point {one['RecoveryPointArn']}", one.get("CreationDate"))


def _backup(name: str, oldest: datetime | None) -> Iterator[Backup]:
    """Nothing where AWS gives no time: such a backup is not finished."""
    if oldest is not None:
        yield Backup(name, oldest)


def _older(context: StackContext, entry: StoreEntry) -> Iterator[OldVersion]:
    name = entry.store_name
    if entry.secret.store == "parameter-store":
        # From its description: reading its history would set off the alarm on reads.
        there = ParameterStore(context.aws).present().get(name, {})
        newest = there.get("Version", 1)
        if newest > 1:
            first = max(1, newest - PARAMETER_VERSIONS + 1)
            yield OldVersion(name, f"{first}" if first == newest - 1 else f"{first} to {newest - 1}")
        return
    for one in context.aws.list(
        "secretsmanager", "list_secret_version_ids", "Versions", SecretId=name, IncludeDeprecated=True
    ):
        if CURRENT not in one.get("VersionStages", []):
            yield OldVersion(name, one["VersionId"])
