"""Tests of the count of encryptions: stored in the database, before they are made."""

from __future__ import annotations

from contextlib import closing

import pytest

from encryption_keys import BUDGET, BUDGET_WARNING, Cipher
from ops.core.exits import Exit, Stop
from ops.reencrypt.records import encryptions as module
from ops.reencrypt.records.encryptions import Encryptions
from ops.reencrypt.records.tables import create_tables
from ops.reencrypt.run import Run
from tests.ops.reencrypt.rows import NEW, RING, Diary, alone, plan, run
from tests.ops.reencrypt.test_concurrency import start, wait_until_renewed

COUNTED = "SELECT kid, generation, encryptions FROM strongroom.encryption_key"


def counted(diary: Diary) -> list[tuple[str, int, int]]:
    with diary.connect() as connection:
        return connection.execute(COUNTED).fetchall()


@pytest.mark.finding(20)
@pytest.mark.parametrize("workers", [1, 3])
def test_counts_encryptions_and_not_rows(diary: Diary, workers: int) -> None:
    (key, *_) = diary.fill_legacy(30)
    run(diary, workers=workers, page_rows=7)
    assert counted(diary) == [(NEW, 2, 30)]
    for _ in range(3):
        diary.put(key, alone(1).seal_legacy(b"again"))
        run(diary, workers=workers)
    assert counted(diary) == [(NEW, 2, 33)], "30 rows are stored"


def test_counts_what_was_encrypted_and_could_not_be_written(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key,) = diary.fill_legacy(1)
    seal = Cipher.seal_proved

    def changed_meanwhile(self: Cipher, *rest: object) -> str:
        monkeypatch.undo()
        diary.put(key, alone(1).seal_legacy(b"quicker"))
        return seal(self, *rest)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Cipher, "seal_proved", changed_meanwhile)
    assert run(diary).conflicts == 1
    assert counted(diary) == [(NEW, 2, 2)]


@pytest.mark.attack(21)
def test_has_counted_what_a_killed_run_encrypted(diary: Diary) -> None:
    diary.fill_legacy(3_000)
    victim = start(diary)
    wait_until_renewed(diary, 300)
    victim.kill()
    victim.wait()
    ((_, _, before),) = counted(diary)
    assert before >= sum(value.startswith("ENC2:") for value in diary.stored().values())


def left(diary: Diary, count: int) -> None:
    """Leave this many encryptions before the limit."""
    with diary.connect() as connection:
        create_tables(connection)
        values = ["entry-encryption-key", NEW, 2, BUDGET - count]
        connection.execute("INSERT INTO strongroom.encryption_key VALUES (%s, %s, %s, %s)", values)


def test_encrypts_no_more_than_the_budget_allows(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 10)
    left(diary, 25)
    diary.fill_legacy(60)
    before = diary.by_key()
    with pytest.raises(Stop, match=f"key {NEW} has made .* encryptions: rotate it first") as caught:
        run(diary, page_rows=10)
    assert caught.value.code == Exit.REFUSED
    assert diary.by_key() != before
    assert diary.by_key()[f"{NEW} ENC2"] <= 25


@pytest.mark.parametrize(("made", "warns"), [(BUDGET_WARNING - 3, False), (BUDGET_WARNING - 2, True)])
def test_warns_when_a_key_nears_the_end_of_its_budget(diary: Diary, made: int, warns: bool) -> None:
    left(diary, BUDGET - made)
    diary.fill_legacy(2)
    (outcome,) = Run(diary.database, RING, plan())()
    assert bool(outcome.warnings) == warns


def test_makes_one_reservation_last_for_several_pages(diary: Diary) -> None:
    with closing(diary.database.connect()) as session:
        create_tables(session)
        counts = Encryptions("entry-encryption-key", RING)
        for _ in range(5):
            counts.reserve(session, 100)
        counts.return_unused(40)
        counts.give_back(session)
    assert counted(diary) == [(NEW, 2, 460)]
