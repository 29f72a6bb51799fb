"""What is restored: the latest backup, or the one that the operator names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.core.exits import Exit
from ops.restore.recovery_points import RecoveryPoint, find
from sandbox.moto.services.data.restore_jobs import expire
from tests.ops.restore.restorable import Restorable, window
from tests.ops.rotation.small_stack import refusal

NOW = datetime.now(UTC).replace(microsecond=0)


def found(db: Restorable, wanted: str = "latest") -> RecoveryPoint:
    return find(db.stack.context(), wanted)


WEEK = {"RestoreWindow": {"EarliestTime": NOW - timedelta(days=7), "LatestTime": NOW - timedelta(minutes=5)}}


def test_the_latest_is_the_newest_recovery_point(db: Restorable) -> None:
    db.back_up()
    newest = db.back_up()
    db.snapshot("later")
    assert (found(db).source, found(db).name) == ("recovery point", newest)


def test_an_expired_recovery_point_is_not_the_latest(db: Restorable) -> None:
    point = db.back_up()
    expire(db.back_up())
    assert found(db).name == point


@pytest.mark.parametrize(
    ("status", "usable"),
    [("COMPLETED", True), ("AVAILABLE", True), ("PARTIAL", False), ("CREATING", False), ("DELETING", False)],
)
def test_a_recovery_point_is_usable_once_it_is_complete(status: str, usable: bool) -> None:
    assert RecoveryPoint("recovery point", "arn:x", datetime.now(UTC), status).usable is usable


def test_a_recovery_point_of_another_vault_is_not_the_stacks(db: Restorable) -> None:
    db.back_up(vault="elsewhere")
    db.snapshot("one")
    assert found(db).name == "one"


def test_without_a_recovery_point_the_latest_is_the_newest_snapshot(db: Restorable) -> None:
    db.snapshot("older")
    db.snapshot("newer")
    assert (found(db).source, found(db).name) == ("snapshot", "newer")


def test_without_both_the_latest_is_the_last_moment_of_the_automated_backup(
    db: Restorable, monkeypatch: pytest.MonkeyPatch
) -> None:
    window(monkeypatch, WEEK)
    latest = found(db)
    assert (latest.source, latest.created) == ("point in time", NOW - timedelta(minutes=5))


def test_without_any_backup_it_is_refused(db: Restorable, monkeypatch: pytest.MonkeyPatch) -> None:
    window(monkeypatch)
    assert "aiponge-rds has no backup" in refusal(Exit.REFUSED, lambda: found(db))


@pytest.mark.parametrize("kind", ["recovery point", "snapshot"])
def test_a_named_backup_is_restored_although_there_are_newer_ones(db: Restorable, kind: str) -> None:
    named = db.back_up() if kind == "recovery point" else db.snapshot("one")
    db.back_up()
    assert (found(db, named).source, found(db, named).name) == (kind, named)


def test_a_named_recovery_point_that_has_expired_is_refused(db: Restorable) -> None:
    point = db.back_up()
    expire(point)
    assert "is EXPIRED" in refusal(Exit.REFUSED, lambda: found(db, point))


def test_an_unknown_name_is_refused_with_the_newest_ones(db: Restorable) -> None:
    point = db.back_up()
    assert f"the newest are {point}" in refusal(Exit.BAD_INPUT, lambda: found(db, "nothing"))


@pytest.mark.parametrize("ending", ["+00:00", "Z", ""])
def test_a_time_is_in_utc_unless_it_says_otherwise(
    db: Restorable, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    window(monkeypatch, WEEK)
    moment = NOW - timedelta(days=1)
    point = found(db, f"{moment:%Y-%m-%dT%H:%M:%S}{ending}")
    assert (point.source, point.name, point.created) == ("point in time", "aiponge-rds", moment)


@pytest.mark.parametrize("days", [8, 0])
def test_a_time_outside_the_window_is_refused_with_the_window(
    db: Restorable, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    window(monkeypatch, WEEK)
    said = refusal(Exit.BAD_INPUT, lambda: found(db, (NOW - timedelta(days=days)).isoformat()))
    assert f"from {(NOW - timedelta(days=7)).isoformat()} to " in said


def test_a_time_is_refused_where_there_is_no_automated_backup(
    db: Restorable, monkeypatch: pytest.MonkeyPatch
) -> None:
    window(monkeypatch)
    assert "has no automated backup" in refusal(Exit.REFUSED, lambda: found(db, NOW.isoformat()))


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"source": "tape", "name": "x", "created": NOW.isoformat()},
        {"source": "snapshot", "name": 1, "created": NOW.isoformat()},
        {"source": "snapshot", "name": "x", "created": "2026-01-01"},
    ],
)
def test_a_record_without_a_recovery_point_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises((LookupError, ValueError)):
        RecoveryPoint.from_dict(content)
