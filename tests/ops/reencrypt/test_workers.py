"""Tests of worker processes: their number, their end, and the message when one is killed."""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from psycopg import sql

import ops
from encryption_keys import Ring
from ops.core.exits import Exit, Stop
from ops.reencrypt.progress import Step, reporting
from ops.reencrypt.records import encryptions
from ops.reencrypt.run import Run
from ops.reencrypt.session import APPLICATION_NAME
from ops.reencrypt.target import Column
from ops.reencrypt.workers import process
from tests.ops.reencrypt.rows import NEW, OLD, RING, TARGET, Diary, document, plan
from tests.ops.reencrypt.test_concurrency import start, wait_until_renewed


def sessions(diary: Diary) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = 'diary'"
    with diary.connect() as connection:
        return (connection.execute(query, [APPLICATION_NAME]).fetchone() or (0,))[0]


def wait_until_gone(diary: Diary) -> None:
    deadline = time.monotonic() + 20
    while sessions(diary):
        assert time.monotonic() < deadline, "a worker is still at work"
        time.sleep(0.02)


@pytest.mark.parametrize(("workers", "processes"), [(1, 0), (3, 3)])
def test_has_a_process_for_each_of_several_workers(diary: Diary, workers: int, processes: int) -> None:
    diary.fill_legacy(300)
    seen: set[int] = set()

    def look(_: Step) -> None:
        seen.add(len(multiprocessing.active_children()))

    (outcome,) = Run(diary.database, RING, plan(workers=workers, page_rows=20), on_step=look)()
    assert outcome.written == 300
    assert seen == {processes}
    assert multiprocessing.active_children() == []
    assert sessions(diary) == 0


def test_works_where_a_worker_is_spawned_and_shares_no_memory(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "START", "spawn")
    diary.fill_legacy(40)
    (outcome,) = Run(diary.database, RING, plan(workers=2, page_rows=7))()
    assert outcome.written == 40
    assert diary.says() == diary.plain


def test_says_to_rerun_when_a_worker_is_killed(diary: Diary) -> None:
    diary.fill_legacy(400)
    victims: list[BaseProcess] = []

    def kill_one(_: Step) -> None:
        if not victims:
            victims.append(multiprocessing.active_children()[0])
            victims[0].kill()
            victims[0].join()

    with pytest.raises(Stop, match="a worker ended with code -9: run again to resume") as caught:
        Run(diary.database, RING, plan(workers=2, page_rows=20), on_step=kill_one)()
    assert caught.value.code == Exit.PARTLY
    assert multiprocessing.active_children() == []
    assert set(diary.by_key()) == {f"{NEW} ENC2", f"{OLD} ENC"}, "it had come half-way"
    Run(diary.database, RING, plan(workers=2))()
    assert diary.by_key() == {f"{NEW} ENC2": 400}
    assert diary.says() == diary.plain


@pytest.mark.attack(21)
def test_ends_its_workers_when_it_is_killed_itself(diary: Diary) -> None:
    diary.fill_legacy(3_000)
    runner = start(diary)
    wait_until_renewed(diary, 100)
    assert sessions(diary) == 3, "its own, and one of each worker"
    runner.kill()
    runner.wait()
    wait_until_gone(diary)
    assert set(diary.by_key()) == {f"{NEW} ENC2", f"{OLD} ENC"}, "long before the work was done"


def test_stops_all_workers_with_the_sentence_of_one(diary: Diary) -> None:
    diary.fill_legacy(400)
    Run(diary.database, RING, plan())()
    newer = Ring.load(document(3))
    Run(diary.database, newer, plan(workers=2, page_rows=20))()
    with diary.connect() as connection:
        connection.execute("TRUNCATE strongroom.encryption_key")
    with pytest.raises(Stop, match=r"newer than .* it is out of date") as caught:
        Run(diary.database, RING, plan(workers=2, page_rows=20))()
    assert caught.value.code == Exit.REFUSED
    assert multiprocessing.active_children() == []


def test_gives_back_what_stopped_workers_had_reserved(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryptions, "BLOCK", 1_000)
    diary.fill_legacy(400)
    run = Run(diary.database, RING, plan(workers=2, page_rows=20), on_step=lambda _: run.stop.set())
    with pytest.raises(Stop, match="interrupted") as caught:
        run()
    assert caught.value.code == Exit.INTERRUPTED
    with diary.connect() as connection:
        counted = connection.execute("SELECT encryptions FROM strongroom.encryption_key").fetchone()
    assert counted == (diary.by_key()[f"{NEW} ENC2"],)


REENCRYPT = """
import os, sys, typer
from encryption_keys import Ring
from ops.core.exits import exit_with
from ops.reencrypt.run import Run
from ops.reencrypt.session import Database
from tests.ops.reencrypt.rows import plan
slow = plan(workers=int(sys.argv[1]), page_rows=20, rows_per_s=500)
try:
    exit_with(Run(Database(os.environ["DSN"]), Ring.load(sys.stdin.read()), slow))
except typer.Exit as ended:
    sys.exit(ended.exit_code)
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_ends_with_a_sentence_on_ctrl_c(diary: Diary, workers: int) -> None:
    diary.fill_legacy(2_000)
    runner = subprocess.Popen(
        [sys.executable, "-c", REENCRYPT, str(workers)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(ops.__file__).parents[1],
        env=os.environ | {"DSN": diary.dsn},
        start_new_session=True,
    )
    assert runner.stdin is not None
    runner.stdin.write(document())
    runner.stdin.close()
    runner.stdin = None
    wait_until_renewed(diary, 50)
    # As a terminal does: to the workers too.
    os.killpg(runner.pid, signal.SIGINT)
    _, said = runner.communicate(timeout=20)
    assert said == "interrupted: rows written so far are kept, run again for the rest\n"
    assert runner.returncode == Exit.INTERRUPTED
    assert sessions(diary) == 0
    assert sum(diary.by_key().values()) == 2_000
    assert "bad-tag" not in diary.by_key()


def test_a_stop_is_the_same_in_another_process() -> None:
    stop = pickle.loads(pickle.dumps(Stop(Exit.PARTLY, "rerun to resume")))
    assert (stop.code, str(stop)) == (Exit.PARTLY, "rerun to resume")


NAME = sql.Identifier("entry")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_has_no_thread_before_the_first_page() -> None:
    # A process with threads should not be forked.
    column = Column(TARGET, "entries", NAME, NAME, sql.SQL("uuid"), NAME, NAME)
    before = threading.active_count()
    with reporting(Terminal()) as on_step:
        assert threading.active_count() == before
        on_step(Step(column, 1, 5, 5))
        assert threading.active_count() == before + 1
