"""Tests of encrypted values in undeclared columns: copies, history tables, forgotten columns."""

from __future__ import annotations

import uuid
from contextlib import closing
from dataclasses import replace

import pytest

from ops.reencrypt.catalog import undeclared as module
from ops.reencrypt.catalog.undeclared import Undeclared, undeclared
from ops.reencrypt.retire import objections
from ops.reencrypt.run import Run
from ops.reencrypt.target import Target
from ops.reencrypt.verification import Scan
from tests.ops.reencrypt.rows import NEW, RING, TARGET, Diary, alone, inventory, new_role, plan
from tests.ops.reencrypt.test_verify import pass_time

SEALED = alone(1).seal_legacy(b"a thought")
BOUND = alone(1).seal(b"a thought", TARGET.cell(str(uuid.uuid4())))


def columns(diary: Diary, *targets: Target) -> list[str]:
    with closing(diary.database.connect()) as session:
        return [one.column for one in undeclared(session, targets or (TARGET,))]


@pytest.mark.finding(5)
@pytest.mark.parametrize("value", [SEALED, BOUND], ids=["ENC", "ENC2"])
@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        ("text", "%s"),
        ("varchar(400)", "%s"),
        ("char(400)", "%s"),
        ("text[]", "ARRAY['x', %s]"),
        ("json", "json_build_object('row', json_build_object('content', %s::text))"),
        ("jsonb", "jsonb_build_object('content', %s::text)"),
        ("bytea", "convert_to(%s, 'UTF8')"),
        ("note", "%s"),
    ],
)
def test_finds_values_in_columns_of_every_kind(diary: Diary, kind: str, expression: str, value: str) -> None:
    with diary.connect() as connection:
        connection.execute("CREATE DOMAIN note AS text")
        connection.execute(f"CREATE TABLE history (id int, old {kind})")  # pyright: ignore
        connection.execute(f"INSERT INTO history VALUES (1, {expression})", [value])  # pyright: ignore
    assert columns(diary) == ["public.history.old"]


@pytest.mark.finding(5)
def test_finds_copies_partitions_children_and_views_that_are_stored(diary: Diary) -> None:
    diary.fill_legacy(3)
    with diary.connect() as connection:
        connection.execute('CREATE SCHEMA "My Notes"')
        connection.execute('CREATE TABLE "My Notes"."Copy" AS SELECT * FROM lib_entries')
        connection.execute("CREATE MATERIALIZED VIEW latest AS SELECT * FROM lib_entries")
        connection.execute("CREATE UNLOGGED TABLE staged AS SELECT * FROM lib_entries")
        connection.execute("CREATE TABLE archive (LIKE lib_entries) PARTITION BY RANGE (updated_at)")
        connection.execute("CREATE TABLE archived PARTITION OF archive DEFAULT")
        connection.execute("INSERT INTO archive SELECT * FROM lib_entries")
        connection.execute("CREATE VIEW seen AS SELECT * FROM lib_entries")
    assert columns(diary) == [
        "My Notes.Copy.content",
        "public.archived.content",
        "public.latest.content",
        "public.staged.content",
    ]


def test_leaves_out_what_is_declared_and_all_tables_under_it(diary: Diary) -> None:
    diary.fill_legacy(3)
    with diary.connect() as connection:
        connection.execute("CREATE TABLE child (PRIMARY KEY (id)) INHERITS (lib_entries)")
        connection.execute("ALTER TABLE lib_entries ADD title text")
        insert = "INSERT INTO child (id, user_id, content) VALUES (gen_random_uuid(), gen_random_uuid(), %s)"
        connection.execute(insert, [SEALED])
    assert columns(diary) == []
    assert columns(diary, replace(TARGET, table="public.lib_entries")) == []
    with diary.connect() as connection:
        connection.execute("UPDATE child SET title = content")
    assert columns(diary) == ["public.child.title"], "and not of its parent, which has none of its own"
    assert columns(diary, TARGET, replace(TARGET, column="title")) == []


def test_takes_a_note_that_begins_like_a_ciphertext_for_a_note(diary: Diary) -> None:
    with diary.connect() as connection:
        connection.execute("CREATE TABLE history (old text, log jsonb)")
        connection.execute(
            "INSERT INTO history VALUES ('ENC: is how a note may begin', '[\"ENC2: too\"]'), ('ENC', NULL)"
        )
    assert columns(diary) == []


def test_says_that_a_table_could_not_be_looked_at(diary: Diary) -> None:
    diary.fill_legacy(1)
    with diary.connect() as connection:
        new_role(connection, "reader")
        connection.execute("CREATE TABLE history (old text)")
        connection.execute("GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON lib_entries TO reader")
    with closing(diary.database.connect()) as session:
        session.execute("SET ROLE reader")
        assert undeclared(session, (TARGET,)) == [
            Undeclared(
                "public.history",
                "could not be read (SQLSTATE 42501)",
                "allow the role to read all of its rows",
            )
        ]


def test_looks_at_no_view_that_was_never_filled(diary: Diary) -> None:
    with diary.connect() as connection:
        connection.execute("CREATE MATERIALIZED VIEW latest AS SELECT * FROM lib_entries WITH NO DATA")
    assert columns(diary) == []


def test_looks_at_a_sample_of_a_large_table(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLED_BLOCKS", 20)
    with diary.connect() as connection:
        connection.execute("CREATE TABLE history (id int, old text)")
        connection.execute("INSERT INTO history SELECT n, %s FROM generate_series(1, 20000) n", [SEALED])
        connection.execute("SELECT pg_stat_force_next_flush()")
    assert columns(diary) == ["public.history.old"]
    with diary.connect() as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        query = "SELECT heap_blks_hit + heap_blks_read FROM pg_statio_user_tables WHERE relname = 'history'"
        (filled,) = connection.execute(query).fetchone() or (0,)
        connection.execute("SELECT pg_stat_reset()")
    columns(diary)
    with diary.connect() as connection:
        (read,) = connection.execute(query).fetchone() or (0,)
    assert read < 100 < filled


@pytest.mark.finding(5)
@pytest.mark.attack(25)
def test_keeps_a_key_while_an_undeclared_column_holds_values(diary: Diary) -> None:
    diary.fill_legacy(3)
    with diary.connect() as connection:
        connection.execute("CREATE TABLE history AS SELECT * FROM lib_entries")
    Run(diary.database, RING, plan())()
    found = Scan(diary.database, RING, plan())()
    assert [one.column for one in found.undeclared] == ["public.history.content"]
    assert not found.clean
    pass_time(diary, 16)
    Scan(diary.database, RING, plan())()

    def objected() -> list[str]:
        with diary.connect() as connection:
            return objections(connection, inventory(TARGET), NEW, stale_readers=(), oldest_backup=None)

    assert "public.history.content: holds values that look encrypted and is not declared" in objected()[0]
    with diary.connect() as connection:
        connection.execute("DROP TABLE history")
    assert "missing or found" in objected()[0], "what was verified while it was there was not clean"
    Scan(diary.database, RING, plan())()
    pass_time(diary, 16)
    Scan(diary.database, RING, plan())()
    assert objected() == []
