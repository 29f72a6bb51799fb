"""Tests of the checks before a re-encryption writes anything."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from ops.core.exits import Exit, Stop
from ops.reencrypt.catalog.columns import inspect
from ops.reencrypt.records.ranges import divide, hold, presence
from ops.reencrypt.records.tables import create_tables
from ops.reencrypt.run import Run
from ops.reencrypt.session import Database
from tests.ops.reencrypt.rows import NEW, RING, TARGET, Diary, new_role, plan


@pytest.mark.attack(22)
def test_refuses_a_second_run_of_the_same_column(diary: Diary) -> None:
    diary.fill_legacy(10)
    with closing(diary.database.first()) as other:
        create_tables(other)
        column = inspect(other, TARGET)[0]
        with presence(other, column, 1) as (whole,), hold(other, column, whole) as held:
            assert held
            with pytest.raises(Stop, match="another re-encryption is running on it") as caught:
                Run(diary.database, RING, plan())()
    assert caught.value.code == Exit.REFUSED
    assert NEW not in str(diary.by_key())


def test_waits_for_the_part_that_another_process_holds(diary: Diary) -> None:
    diary.fill_legacy(400)
    looks: list[float] = []
    with closing(diary.database.first()) as other:
        create_tables(other)

        def let_go(seconds: float) -> None:
            looks.append(seconds)
            other.close()

        column = inspect(other, TARGET)[0]
        with presence(other, column, 2) as (first, _), hold(other, column, first):
            (outcome,) = Run(diary.database, RING, plan(workers=2), sleep=let_go)()
    assert outcome.written == 400
    assert looks, "it came back for the part it did not get"


@pytest.mark.attack(22)
def test_divides_the_whole_key_space_once_for_all_runners(diary: Diary) -> None:
    diary.fill_legacy(1000)
    with closing(diary.database.first()) as one, closing(diary.database.first()) as two:
        create_tables(one)
        column = inspect(one, TARGET)[0]
        with presence(one, column, 4) as mine, presence(two, column, 7) as theirs:
            assert mine == theirs
        assert len(mine) == 4
        assert [bounds.above for bounds in mine] == [None, *(bounds.upto for bounds in mine[:-1])]
        assert mine[-1].upto is None
        with presence(two, column, 7) as later:
            assert len(later) == 7


def test_does_not_divide_what_is_too_small(diary: Diary) -> None:
    diary.fill_legacy(2)
    with closing(diary.database.first()) as session:
        assert divide(session, inspect(session, TARGET)[0], 4) == [(None, None)]


def test_refuses_envelopes_that_readers_would_take_for_plain_text() -> None:
    with pytest.raises(Stop, match="not declared `envelope: enc2`") as caught:
        plan("enc2", targets=(replace(TARGET, envelope="legacy"),))
    assert caught.value.code == Exit.REFUSED


@pytest.mark.accepts("A10")
def test_needs_a_window_in_legacy_mode(diary: Diary) -> None:
    diary.fill_legacy(10)
    with (
        psycopg.connect(diary.dsn, application_name="user-service"),
        pytest.raises(
            Stop, match=r"requires a maintenance window: .* connected: postgres \(user-service\)"
        ) as caught,
    ):
        Run(diary.database, RING, plan("legacy"))()
    assert caught.value.code == Exit.REFUSED
    assert NEW not in str(diary.by_key())


def test_stops_when_the_window_closes(diary: Diary) -> None:
    diary.fill_legacy(10)
    intruders = []

    def open_the_door(_: object) -> None:
        if not intruders:
            intruders.append(psycopg.connect(diary.dsn))

    with pytest.raises(Stop, match="requires a maintenance window") as caught:
        Run(diary.database, RING, plan("legacy"), on_step=open_the_door)()
    intruders[0].close()
    assert caught.value.code == Exit.PARTLY


@pytest.mark.attack(26)
def test_refuses_a_replica(diary: Diary) -> None:
    with diary.connect() as connection:
        connection.execute("ALTER DATABASE diary SET default_transaction_read_only = on")
    with pytest.raises(Stop, match="read-only") as caught:
        Run(diary.database, RING, plan())()
    assert caught.value.code == Exit.BAD_INPUT


@pytest.mark.attack(26)
def test_waits_for_nobody_long(diary: Diary) -> None:
    with closing(diary.database.connect()) as session:
        assert session.execute("SHOW lock_timeout").fetchone() == ("2s",)
        assert session.execute("SHOW statement_timeout").fetchone() == ("30s",)


def test_says_which_right_is_missing(diary: Diary) -> None:
    with diary.connect() as connection:
        new_role(connection, "guest")
        connection.execute("GRANT USAGE ON SCHEMA public TO guest; GRANT ALL ON lib_entries TO guest")
    guest = Database(diary.postgres.dsn("diary", user="guest", password="guest"))
    with pytest.raises(Stop, match="guest may not create the schema strongroom"):
        Run(guest, RING, plan())()


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_refuses_a_connection_that_may_be_plain(diary: Diary, mode: str) -> None:
    with pytest.raises(Stop, match=f"sslmode={mode} may fall back"):
        Database(diary.dsn.replace("verify-full", mode))


@pytest.mark.attack(12)
@pytest.mark.parametrize("dsn", ["", "hush", "hush=hush", "host=x hush", "postgresql://u:hush@[h/x"])
def test_does_not_quote_a_connection_string_that_it_cannot_read(dsn: str) -> None:
    with pytest.raises(Stop, match="cannot be read") as caught:
        Database(dsn)
    assert "hush" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.attack(12)
@pytest.mark.parametrize(
    ("dsn", "cause"),
    [
        ("host=127.0.0.1 port=1 user=u password=hush dbname=d", "it refuses connections"),
        ("postgresql://u:half@hush.invalid@127.0.0.1:1/d", "its host name cannot be resolved"),
        ("postgresql://u:x@127.0.0.1:hush/d", "there is no answer: check host, port"),
    ],
)
def test_says_why_a_server_is_out_of_reach_without_quoting_the_address(dsn: str, cause: str) -> None:
    database = Database(dsn)
    with pytest.raises(Stop, match=f"cannot be reached: {cause}") as caught:
        database.first()
    assert caught.value.code == Exit.UNREACHABLE
    assert "hush" not in f"{caught.value} {database!r}"


@pytest.mark.parametrize(
    "changes", [{"workers": 0}, {"page_rows": 0}, {"rows_per_s": 0}, {"parts": 0}, {"targets": ()}]
)
def test_refuses_a_plan_that_does_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(Stop) as caught:
        plan(**changes)
    assert caught.value.code == Exit.BAD_INPUT
