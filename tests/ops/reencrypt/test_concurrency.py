"""Tests of concurrent runs: writers with both keys, two re-encryptions, and one that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import ops
from ops.reencrypt.run import Run
from tests.ops.reencrypt.rows import RING, Diary, document, plan

# Without the lock both runs work on the same rows; the lock only saves work.
REENCRYPTOR = """
import os, sys
from ops.core.exits import Stop
from encryption_keys import Ring
from ops.reencrypt.run import Run
from ops.reencrypt.session import Database
from ops.reencrypt.target import Target
from tests.ops.reencrypt.rows import plan
plan = plan(workers=2, page_rows=100, rows_per_s=4000, locked=False)
try:
    (outcome,) = Run(Database(os.environ["DSN"]), Ring.load(sys.stdin.read()), plan)()
except Stop as stop:
    sys.exit(int(stop.code))
print(outcome.written, outcome.conflicts, outcome.passes)
"""


def start(diary: Diary) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", REENCRYPTOR],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(ops.__file__).parents[1],
        env=os.environ | {"DSN": diary.dsn},
    )
    assert process.stdin is not None
    process.stdin.write(document())
    process.stdin.close()
    process.stdin = None
    return process


def wait_until_renewed(diary: Diary, rows: int) -> int:
    query = "SELECT count(*) FROM lib_entries WHERE starts_with(content, 'ENC2:')"
    with diary.connect() as connection:
        while True:
            (done,) = connection.execute(query).fetchone() or (0,)
            if done >= rows:
                return done
            time.sleep(0.02)


@pytest.mark.attack(21)
def test_resumes_after_a_kill_where_the_rows_say(diary: Diary) -> None:
    diary.fill_legacy(3_000)
    victim = start(diary)
    killed_at = wait_until_renewed(diary, 300)
    victim.kill()
    assert victim.wait() == -signal.SIGKILL
    (outcome,) = Run(diary.database, RING, plan(workers=2))()
    assert outcome.written < 3_000 - killed_at + 500, "what was written is not written again"
    assert diary.says() == diary.plain


@pytest.mark.attack(22)
def test_lets_one_of_two_runs_work_and_sends_the_other_away(diary: Diary) -> None:
    diary.fill_legacy(2_000)
    outcomes: list[object] = []

    def run() -> None:
        try:
            outcomes.append(Run(diary.database, RING, plan(page_rows=50, rows_per_s=4000))()[0].written)
        except Exception as problem:
            outcomes.append(str(problem))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == [
        "2000",
        "lib_entries.content: another re-encryption is running on it",
    ]


@pytest.mark.attack(22)
def test_lets_several_processes_share_a_table(diary: Diary) -> None:
    diary.fill_legacy(2_000)
    written: list[int] = []

    def run() -> None:
        own = plan(page_rows=50, rows_per_s=4000, parts=4)
        written.append(Run(diary.database, RING, own, sleep=lambda _: time.sleep(0.05))()[0].written)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written) == 2_000
    assert min(written) > 0
    assert diary.says() == diary.plain
