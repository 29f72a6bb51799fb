"""Tests of verification and retirement: what is verified, and what prevents retiring an old key."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest

from encryption_keys import Ring
from ops.reencrypt.retire import objections
from ops.reencrypt.run import Run
from ops.reencrypt.target import Target
from ops.reencrypt.verification import Count, Scan
from tests.ops.reencrypt.rows import LOST, NEW, NEXT, OLD, RING, TARGET, Diary, alone, cell, inventory, plan

LATER = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
NEVER_CLEAN = (
    f"the last verification under {NEW} is missing or found old rows, unreadable rows, undeclared columns, "
    "or no value at all (mayBeEmpty)"
)


def verify(diary: Diary, target: Target = TARGET, *, record: bool = True, ring: Ring = RING) -> Count:
    (count,) = Scan(diary.database, ring, plan(targets=(target,)), record=record)().counts
    return count


@pytest.mark.finding(15)
def test_counts_every_value_by_its_key(diary: Diary) -> None:
    diary.fill_legacy(30, generation=1)
    diary.fill_legacy(20, generation=2)
    diary.fill_legacy(10, generation=3)
    diary.fill([(b"", ""), (b"", " "), (b"x", "dear diary"), (b"", alone(4).seal_legacy(b"x"))])
    count = verify(diary)
    assert count.by_key == {OLD: 30, NEW: 20, NEXT: 10}
    assert (count.legacy, count.encrypted) == (60, 60)
    assert (count.total, count.old, count.plain, count.poison_count) == (64, 40, 1, 1)
    assert not count.clean


def test_reads_every_row_once_whatever_the_workers(diary: Diary) -> None:
    diary.fill_legacy(500)
    (count,) = Scan(diary.database, RING, plan(workers=3, page_rows=7))().counts
    assert count.total == 500


@pytest.mark.accepts("A11")
def test_is_clean_after_a_run(diary: Diary) -> None:
    diary.fill_legacy(50)
    assert not verify(diary).clean
    Run(diary.database, RING, plan())()
    assert verify(diary).clean


def test_leaves_no_trace_of_a_dry_run(diary: Diary) -> None:
    verify(diary, record=False)
    with diary.connect() as connection:
        assert connection.execute("SELECT to_regnamespace('strongroom')").fetchone() == (None,)


def retired(diary: Diary, **changes: object) -> list[str]:
    arguments = {"stale_readers": (), "oldest_backup": LATER} | changes
    with diary.connect() as connection:
        return objections(connection, inventory(TARGET), NEW, **arguments)  # pyright: ignore[reportArgumentType]


def pass_time(diary: Diary, minutes: int) -> None:
    """Move all verifications so far into the past."""
    with diary.connect() as connection:
        connection.execute(
            "UPDATE strongroom.reencrypt_verification "
            "SET started = started - %(by)s, finished = finished - %(by)s",
            {"by": dt.timedelta(minutes=minutes)},
        )


@pytest.fixture
def renewed(diary: Diary) -> Diary:
    """All rows under the current key, verified twice, with enough time in between."""
    diary.fill_legacy(20)
    Run(diary.database, RING, plan())()
    verify(diary)
    pass_time(diary, 16)
    verify(diary)
    return diary


@pytest.mark.accepts("A11")
def test_lets_a_key_go_after_two_clean_verifications(renewed: Diary) -> None:
    assert retired(renewed) == []


@pytest.mark.attack(25)
def test_keeps_a_key_that_was_never_verified(diary: Diary) -> None:
    assert retired(diary) == [
        "the database has no marker of this stack: no verification was recorded in it",
        f"{TARGET}: {NEVER_CLEAN}",
    ]


@pytest.mark.attack(25)
def test_keeps_a_key_after_one_verification(diary: Diary) -> None:
    diary.fill_legacy(1, generation=2)
    verify(diary)
    pass_time(diary, 60)
    assert "two clean verifications" in retired(diary)[0]


@pytest.mark.attack(25)
def test_keeps_a_key_after_two_verifications_in_a_row(diary: Diary) -> None:
    diary.fill_legacy(1, generation=2)
    verify(diary)
    pass_time(diary, 14)
    verify(diary)
    assert "at least 15 minutes apart" in retired(diary)[0]


@pytest.mark.attack(24)
@pytest.mark.attack(25)
def test_keeps_a_key_that_was_written_with_after_a_verification(renewed: Diary) -> None:
    key = next(iter(renewed.plain))
    renewed.put(key, alone(1).seal_legacy(b"a straggler's thought"))
    assert verify(renewed).old == 1
    assert "found old rows" in retired(renewed)[0]
    Run(renewed.database, RING, plan())()
    assert renewed.says()[key] == b"a straggler's thought", "the late write is kept, under the current key"
    assert verify(renewed).clean
    assert "two clean verifications" in retired(renewed)[0], "the count of clean ones starts again"


@pytest.mark.attack(25)
def test_keeps_a_key_while_there_is_poison(renewed: Diary) -> None:
    renewed.fill([(b"", alone(4).seal(b"x", cell(uuid.uuid4())))])
    count = verify(renewed)
    assert (count.old, count.poison_count) == (0, 1)
    assert LOST not in "".join(count.by_key)
    assert "found old rows" in retired(renewed)[0]


@pytest.mark.attack(25)
def test_keeps_a_key_that_one_column_still_needs(renewed: Diary) -> None:
    other = Target("lib_insights", "id", "content", "user_id")
    with renewed.connect() as connection:
        found = objections(connection, inventory(TARGET, other), NEW, stale_readers=(), oldest_backup=LATER)
    assert found == [f"{other}: {NEVER_CLEAN}"]


@pytest.mark.attack(25)
def test_keeps_a_key_of_which_only_another_was_verified(renewed: Diary) -> None:
    with renewed.connect() as connection:
        assert objections(connection, inventory(TARGET), NEXT, stale_readers=(), oldest_backup=LATER) != []


@pytest.mark.attack(25)
def test_keeps_a_key_while_a_reader_is_older_than_the_promotion(renewed: Diary) -> None:
    assert retired(renewed, stale_readers=["user"]) == ["user still runs a task from before the promotion"]


@pytest.mark.attack(25)
def test_keeps_a_key_while_a_backup_needs_it(renewed: Diary) -> None:
    before = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=30)
    assert "when restored" in retired(renewed, oldest_backup=before)[0]
    assert retired(renewed, oldest_backup=before + dt.timedelta(hours=1)) == []


@pytest.mark.finding(5)
@pytest.mark.attack(25)
@pytest.mark.parametrize("rows", [0, 3], ids=["no row", "plain text only"])
def test_keeps_a_key_while_no_encrypted_value_was_seen(diary: Diary, rows: int) -> None:
    """An empty table, or another database with a table of that name, verifies nothing."""
    diary.fill([(b"dear diary", "dear diary")] * rows)
    assert verify(diary).proves_nothing
    pass_time(diary, 16)
    assert not verify(diary).clean
    assert retired(diary) == [f"{TARGET}: {NEVER_CLEAN}"]


def test_lets_a_key_go_of_a_column_that_may_be_empty(diary: Diary) -> None:
    empty = replace(TARGET, may_be_empty=True)
    assert verify(diary, empty).clean
    pass_time(diary, 16)
    verify(diary, empty)
    with diary.connect() as connection:
        assert objections(connection, inventory(empty), NEW, stale_readers=(), oldest_backup=None) == []


@pytest.mark.finding(5)
@pytest.mark.attack(25)
def test_keeps_a_key_of_which_no_column_is_declared(renewed: Diary) -> None:
    with renewed.connect() as connection:
        found = objections(connection, inventory(), NEW, stale_readers=(), oldest_backup=LATER)
    assert (
        "secrets.entry-encryption-key.encryptedColumns declares no column: declare every encrypted column"
        in found
    )
