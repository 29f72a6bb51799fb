"""Re-encryption and recorded verification, killed at each boundary and page, and run again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from itertools import count
from multiprocessing import get_context
from typing import Any

import pytest

from ops.reencrypt.progress import Step
from ops.reencrypt.run import Run
from ops.reencrypt.verification import Scan
from tests.ops.reencrypt.rows import NEW, RING, Diary, new_diary, plan
from tests.postgres import Postgres

ROWS, PAGE = 30, 10
PAGES = [f"page {number}" for number in range(1, 7)]
"""Of a run: the first pass writes three, and the second one reads three."""
BOUNDARIES = {
    "reencrypt --apply": [
        "columns inspected",
        "tables created",
        "marker written",
        "key recorded",
        *PAGES,
        "columns done",
        "workers ended",
    ],
    "reencrypt --verify --apply": [
        "tables created",
        "marker written",
        *PAGES[:3],
        "values counted",
        "verification recorded",
    ],
}
Reached = Callable[[str], None]
Work = Callable[[Diary, Reached], Any]


def reencrypted(diary: Diary, reached: Reached) -> None:
    Run(diary.database, RING, plan(workers=1, page_rows=PAGE), pages(reached), boundary=reached)()


def verified(diary: Diary, reached: Reached) -> None:
    steps = pages(reached)
    Scan(diary.database, RING, plan(workers=1, page_rows=PAGE), on_step=steps, boundary=reached)()


def pages(reached: Reached) -> Callable[[Step], None]:
    numbers = count(1)
    return lambda _: reached(f"page {next(numbers)}")


WORK: dict[str, Work] = {"reencrypt --apply": reencrypted, "reencrypt --verify --apply": verified}


def boundaries(command: str, diary: Diary) -> list[str]:
    """Those of a run that nobody ends."""
    seen: list[str] = []
    WORK[command](diary, seen.append)
    return seen


def killed(command: str, diary: Diary, boundary: str) -> int | None:
    """Run in a process of its own that ends at a boundary without any handler; its exit code."""

    def reached(name: str) -> None:
        if name == boundary:
            os.kill(os.getpid(), signal.SIGKILL)

    runner = get_context("fork").Process(target=partial(WORK[command], diary, reached))
    runner.start()
    runner.join()
    return runner.exitcode


def rerun(command: str, diary: Diary) -> None:
    """Run again; what is read by the current key alone afterwards is what was written."""
    with diary.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    WORK[command](diary, lambda _: None)
    if command == "reencrypt --verify --apply":
        with diary.connect() as connection:
            found = connection.execute(
                "SELECT old, poison, encrypted FROM strongroom.reencrypt_verification ORDER BY id DESC"
            )
            assert found.fetchone() == (0, 0, ROWS)
    assert diary.by_key() == {f"{NEW} ENC2": ROWS}
    assert diary.says() == diary.plain


def prepared(command: str, postgres: Postgres) -> Diary:
    diary = new_diary(postgres)
    diary.fill_legacy(ROWS)
    if command == "reencrypt --verify --apply":
        reencrypted(diary, lambda _: None)
    return diary


@pytest.mark.attack(21)
@pytest.mark.parametrize("command", WORK)
def test_a_rerun_finishes_what_was_killed_at_any_boundary(command: str, postgres: Postgres) -> None:
    """The matrix of commands and boundaries is printed: see it with ``pytest -s``."""
    print(f"\n{command}: {len(BOUNDARIES[command])} boundaries")
    for boundary in BOUNDARIES[command]:
        diary = prepared(command, postgres)
        assert killed(command, diary, boundary) == -signal.SIGKILL
        rerun(command, diary)
        print(f"  {boundary:60} a rerun finished it")


@pytest.mark.parametrize("command", WORK)
def test_the_ends_are_at_every_step_and_page(command: str, postgres: Postgres) -> None:
    assert boundaries(command, prepared(command, postgres)) == BOUNDARIES[command]
