"""Tests of rejected rows: each is reported, and the other rows are written."""

from __future__ import annotations

from typing import LiteralString

import pytest

from ops.reencrypt.page import Poison
from ops.reencrypt.write import REWRITTEN, SUPPRESSED
from tests.ops.reencrypt.rows import NEW, OLD, Diary, alone, run

TRIGGER: LiteralString = """
CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF NEW.user_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff' THEN {} END IF; RETURN NEW; END $$;
CREATE TRIGGER meddling BEFORE UPDATE ON lib_entries FOR EACH ROW EXECUTE FUNCTION meddle();
"""
NOBODY = "UPDATE lib_entries SET user_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff' WHERE id = ANY (%s)"


def meddled(diary: Diary, body: LiteralString, rows: int = 1, of: int = 40) -> set[str]:
    """Keys of rows for which a trigger behaves so when they are updated."""
    keys = diary.fill_legacy(of)[:rows]
    with diary.connect() as connection:
        connection.execute(NOBODY, [keys])
        connection.execute(TRIGGER.replace("{}", body))
    return set(map(str, keys))


def refused(state: str) -> str:
    return f"the database refuses it (SQLSTATE {state})"


@pytest.mark.finding(14)
@pytest.mark.parametrize("page_rows", [1, 7, 500])
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("RAISE EXCEPTION 'no';", refused("P0001")),
        ("RAISE EXCEPTION 'no' USING ERRCODE = 'insufficient_privilege';", refused("42501")),
        ("RAISE EXCEPTION 'no' USING ERRCODE = 'program_limit_exceeded';", refused("54000")),
        ("RETURN NULL;", SUPPRESSED),
        ("NEW.content = OLD.content;", REWRITTEN),
    ],
)
def test_names_a_row_that_a_trigger_refuses_and_goes_on(
    diary: Diary, body: LiteralString, reason: str, page_rows: int
) -> None:
    keys = meddled(diary, body, rows=3)
    outcome = run(diary, page_rows=page_rows)
    assert set(outcome.poison) == {Poison(key, reason) for key in keys}
    assert (outcome.written, outcome.poison_count) == (37, 3)
    assert diary.by_key() == {f"{NEW} ENC2": 37, f"{OLD} ENC": 3}


@pytest.mark.finding(14)
def test_names_a_row_that_no_longer_fits_its_column(diary: Diary) -> None:
    """``ENC2`` values are longer by the kid."""
    short = diary.fill_legacy(20, length=50)
    (long,) = diary.fill([(b"y" * 60, alone(1).seal_legacy(b"y" * 60))])
    size = len(diary.stored()[long])
    with diary.connect() as connection:
        connection.execute(f"ALTER TABLE lib_entries ALTER content TYPE varchar({size})")  # pyright: ignore
    outcome = run(diary)
    assert outcome.poison == [(str(long), refused("22001"))]
    assert outcome.written == len(short)


@pytest.mark.finding(14)
def test_names_a_row_that_a_constraint_refuses(diary: Diary) -> None:
    keys = diary.fill_legacy(20)
    with diary.connect() as connection:
        connection.execute(
            "ALTER TABLE lib_entries ADD CHECK (user_id <> 'ffffffff-ffff-ffff-ffff-ffffffffffff'"
            " OR content LIKE 'ENC:%')"
        )
        connection.execute(NOBODY, [keys[5:6]])
    outcome = run(diary)
    assert outcome.poison == [(str(keys[5]), refused("23514"))]
    assert outcome.written == 19


@pytest.mark.finding(14)
def test_ends_a_run_of_which_every_row_is_refused(diary: Diary) -> None:
    keys = meddled(diary, "RAISE EXCEPTION 'no';", rows=40)
    outcome = run(diary)
    assert {row.key for row in outcome.poison} == keys
    assert (outcome.written, outcome.passes) == (0, 1)
