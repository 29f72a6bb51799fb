"""Tests of lost connections and locked rows: the run continues, or stops with a message."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from psycopg import errors

from encryption_keys import Ring
from ops.core.exits import Exit, Stop
from ops.reencrypt import run as run_module
from ops.reencrypt import session as session_module
from ops.reencrypt.catalog.columns import inspect
from ops.reencrypt.page import Bounds, Renewed, Work
from ops.reencrypt.progress import Step
from ops.reencrypt.run import IDLE_PASSES, Run
from ops.reencrypt.session import APPLICATION_NAME, Database
from ops.reencrypt.target import Column
from ops.reencrypt.workers import worker as worker_module
from ops.reencrypt.write import Written, write_page
from tests.ops.reencrypt.rows import NEW, OLD, RING, TARGET, Diary, alone, document, owner_of, plan

_KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"


def after_pages(count: int, act: Callable[[], Any]) -> Callable[[Step], None]:
    """Call a function in the middle of the run."""
    seen = iter(range(count))

    def on_step(_: Step) -> None:
        if next(seen, None) is None:
            nonlocal act
            act, now = (lambda: None), act
            now()

    return on_step


@pytest.mark.attack(26)
def test_goes_on_after_losing_every_connection(diary: Diary) -> None:
    diary.fill_legacy(600)

    def kill_all() -> None:
        with diary.connect() as connection:
            connection.execute(_KILL, [APPLICATION_NAME])

    (outcome,) = Run(diary.database, RING, plan(page_rows=20, workers=2), on_step=after_pages(5, kill_all))()
    assert outcome.poison_count == 0
    assert diary.by_key() == {f"{NEW} ENC2": 600}
    assert diary.says() == diary.plain


@pytest.mark.attack(26)
@pytest.mark.parametrize("lost", [1, 2, 3], ids=["first", "between", "last"])
def test_counts_no_page_whose_write_was_lost_with_its_connection(
    diary: Diary, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    diary.fill_legacy(30)
    calls = iter(range(1, 100))

    def first_lose(connection: Any, column: Column, page: Renewed) -> Written:
        if next(calls) == lost:
            connection.close()
        return write_page(connection, column, page)

    monkeypatch.setattr(worker_module, "write_page", first_lose)
    (outcome,) = Run(diary.database, RING, plan(page_rows=10, workers=1))()
    assert (outcome.written, outcome.passes) == (30, 2)
    assert diary.by_key() == {f"{NEW} ENC2": 30}


@pytest.mark.attack(26)
def test_says_to_rerun_when_the_database_stays_away(diary: Diary) -> None:
    diary.fill_legacy(200)

    def close_the_door() -> None:
        with diary.postgres.connect() as admin:
            admin.execute("ALTER DATABASE diary ALLOW_CONNECTIONS false")
            admin.execute(_KILL, [APPLICATION_NAME])

    database = Database(diary.dsn, delays_s=(0.01, 0.01))
    run = Run(database, RING, plan(page_rows=20), on_step=after_pages(3, close_the_door))
    with pytest.raises(Stop, match="run again to resume") as caught:
        run()
    assert caught.value.code == Exit.UNREACHABLE
    with diary.postgres.connect() as admin:
        admin.execute("ALTER DATABASE diary ALLOW_CONNECTIONS true")
    assert set(diary.by_key()) == {f"{NEW} ENC2", f"{OLD} ENC"}, "it had come half-way"
    (outcome,) = Run(diary.database, RING, plan())()
    assert 0 < outcome.written < 200
    assert diary.says() == diary.plain


@pytest.mark.attack(26)
def test_goes_on_when_the_server_becomes_a_replica_for_a_while(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary.fill_legacy(200)

    def fail_over(*_: Any) -> int:
        monkeypatch.undo()
        raise errors.ReadOnlySqlTransaction

    monkeypatch.setattr(worker_module, "write_page", fail_over)
    (outcome,) = Run(diary.database, RING, plan(page_rows=50))()
    assert outcome.written == 200
    assert diary.says() == diary.plain


@pytest.mark.attack(26)
def test_writes_the_rest_of_a_page_of_which_one_row_is_held(diary: Diary) -> None:
    keys = diary.fill_legacy(20)
    with diary.connect() as holder, holder.transaction():
        holder.execute("SELECT 1 FROM lib_entries WHERE id = %s FOR UPDATE", [keys[0]])
        with closing(diary.database.connect()) as session:
            session.execute("SET lock_timeout = '50ms'")
            work = Work(inspect(session, TARGET)[0], RING, "ENC2")
            page = work.renew(work.read(session, Bounds(None, None)))
            assert write_page(session, work.column, page).rows == 19
    assert diary.by_key() == {f"{NEW} ENC2": 19, f"{OLD} ENC": 1}


@pytest.mark.attack(26)
def test_comes_back_for_a_row_that_was_held(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = diary.fill_legacy(20)
    _impatient(monkeypatch)
    with closing(diary.connect()) as holder:
        holder.execute("BEGIN")
        holder.execute("SELECT 1 FROM lib_entries WHERE id = %s FOR UPDATE", [keys[0]])
        let_go = lambda _: holder.execute("ROLLBACK")  # noqa: E731
        (outcome,) = Run(diary.database, RING, plan(), sleep=let_go)()
    assert (outcome.written, outcome.conflicts) == (20, 2), "held in the first pass and in the second"
    assert diary.by_key() == {f"{NEW} ENC2": 20}


@pytest.mark.attack(26)
def test_ends_partly_done_when_a_row_is_held_for_ever(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = diary.fill_legacy(20)
    _impatient(monkeypatch)
    waits: list[float] = []
    with diary.connect() as holder, holder.transaction():
        holder.execute("SELECT 1 FROM lib_entries WHERE id = %s FOR UPDATE", [keys[0]])
        with pytest.raises(Stop, match="1 rows are locked by other sessions; run again to resume") as caught:
            Run(diary.database, RING, plan(), sleep=waits.append)()
    assert caught.value.code == Exit.PARTLY
    assert len(waits) == IDLE_PASSES - 1
    assert diary.by_key() == {f"{NEW} ENC2": 19, f"{OLD} ENC": 1}


@pytest.mark.attack(26)
@pytest.mark.parametrize("fault", [errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected])
def test_leaves_a_page_that_it_cannot_write_to_the_next_pass(
    diary: Diary, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    diary.fill_legacy(60)
    waits: list[float] = []

    def give_up(*_: Any) -> int:
        monkeypatch.undo()
        raise fault

    monkeypatch.setattr(session_module.time, "sleep", waits.append)
    monkeypatch.setattr(worker_module, "write_page", give_up)
    (outcome,) = Run(diary.database, RING, plan(page_rows=20))()
    assert (outcome.written, outcome.conflicts) == (60, 20)
    assert waits == [], "its connection was well and went on"


def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(session_module._SETTINGS, "lock_timeout", "SET lock_timeout = '50ms'")


@pytest.mark.attack(26)
def test_gives_way_in_a_deadlock_and_writes_the_rest(diary: Diary) -> None:
    low, high, free = sorted(uuid.uuid4() for _ in range(3))
    lock = "SELECT 1 FROM lib_entries WHERE id = %s FOR UPDATE"
    written: list[int] = []
    with diary.connect() as holder, closing(diary.database.connect()) as session:
        for key in (low, high, free):
            stored = alone(1).seal_legacy(b"x")
            holder.execute("INSERT INTO lib_entries VALUES (%s, %s, %s)", [key, owner_of(key), stored])
        work = Work(inspect(session, TARGET)[0], RING, "ENC2")
        page = work.renew(work.read(session, Bounds(None, None)))
        # The session that detects a deadlock first is the one that PostgreSQL cancels.
        session.execute("SET deadlock_timeout = '500ms'; SET lock_timeout = 0")
        holder.execute("SET deadlock_timeout = '10s'")
        with holder.transaction():
            holder.execute(lock, [high])
            writing = threading.Thread(
                target=lambda: written.append(write_page(session, work.column, page).rows)
            )
            writing.start()
            _wait_until_it_waits(diary)
            holder.execute(lock, [low])
            writing.join()
    assert written in ([1], [2]), "the other may be free again by then, and the third always was"
    assert diary.stored()[free].startswith(f"ENC2:{NEW}:")


def _wait_until_it_waits(diary: Diary) -> None:
    waiting = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND wait_event_type = 'Lock'"
    with diary.connect() as connection:
        while not connection.execute(waiting, [APPLICATION_NAME]).fetchone():
            pass


@pytest.mark.attack(26)
def test_survives_deadlocks_with_writers_of_many_rows(diary: Diary) -> None:
    """Writers lock rows in reverse order, so that every page may deadlock with one."""
    diary.fill_legacy(200)
    keys = sorted(diary.plain, reverse=True)
    touch = "UPDATE lib_entries SET updated_at = now() WHERE id = %s"
    stop, deadlocks, writes = threading.Event(), [0], [0]

    def writer() -> None:
        with diary.connect() as connection:
            while not stop.is_set():
                try:
                    with connection.transaction():
                        for key in keys[::5]:
                            connection.execute(touch, [key])
                    writes[0] += 1
                except errors.DeadlockDetected:
                    deadlocks[0] += 1

    with diary.connect() as connection:
        connection.execute("ALTER DATABASE diary SET deadlock_timeout = '10ms'")
    thread = threading.Thread(target=writer)
    thread.start()
    try:
        for generation in (1, 2):
            ring = Ring.load(document(generation))
            Run(diary.database, ring, plan(page_rows=100, workers=2), sleep=lambda _: None)()
    finally:
        stop.set()
        thread.join()
    print(f"{writes[0]} transactions, {deadlocks[0]} lost to a deadlock")
    assert diary.by_key() == {f"{NEW} ENC2": 200}
    assert diary.says() == diary.plain


def test_names_the_writer_that_keeps_using_an_old_key(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MAX_PASSES", 3)
    (key,) = diary.fill_legacy(1)
    straggler = alone(1)
    with pytest.raises(Stop, match=r"a writer still uses an old key .* in the last pass") as caught:
        Run(diary.database, RING, plan(), on_step=lambda _: diary.put(key, straggler.seal_legacy(b"again")))()
    assert caught.value.code == Exit.PARTLY


@pytest.mark.attack(12)
@pytest.mark.attack(26)
def test_says_what_the_database_refused_without_quoting_the_row(diary: Diary) -> None:
    diary.fill([(b"dear diary", alone(1).seal_legacy(b"dear diary")), (b"x", "a private thought")])
    with diary.connect() as connection:
        connection.execute("ALTER TABLE lib_entries ADD CHECK (content LIKE 'ENC:%') NOT VALID")
    (outcome,) = Run(diary.database, RING, plan(encrypt_plaintext=True))()
    assert [row.reason for row in outcome.poison] == ["the database refuses it (SQLSTATE 23514)"] * 2
