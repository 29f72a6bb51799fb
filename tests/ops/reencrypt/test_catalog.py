"""Tests of table structures: which are re-encrypted whole, and which are refused with a message."""

from __future__ import annotations

import uuid
from contextlib import closing
from dataclasses import replace
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from encryption_keys import Cipher
from ops.core.exits import Exit, Stop
from ops.reencrypt.catalog.columns import inspect
from ops.reencrypt.page import Bounds, Work
from ops.reencrypt.records import ranges
from ops.reencrypt.records.ranges import divide
from ops.reencrypt.run import Run
from ops.reencrypt.session import Database, refusals
from ops.reencrypt.target import Target
from ops.reencrypt.verification import Scan
from tests.ops.reencrypt.rows import RING, TARGET, Diary, alone, new_role, plan, run
from tests.ops.reencrypt.test_verify import verify

PARENT = Target("parent", "id", "content", "user_id", envelope="enc2")


def make(diary: Diary, *statements: LiteralString, tables: tuple[str, ...], rows: int = 50) -> None:
    """Create tables with rows 0, 1, 2 in each, under the old key."""
    old = alone(1)
    with diary.connect() as connection:
        for statement in statements:
            connection.execute(statement)
        for table in tables:
            insert = sql.SQL("INSERT INTO {} (id, user_id, content) VALUES (%s, %s, %s)")
            for number in range(rows):
                row = [number, uuid.uuid4(), old.seal_legacy(b"%d" % number)]
                connection.execute(insert.format(sql.Identifier(table)), row)


def left(diary: Diary, target: Target = PARENT) -> int:
    """The rows that are not under the current key."""
    only = Cipher(RING.only_current())
    with diary.connect() as connection:
        table = sql.Identifier(target.table)
        query = sql.SQL("SELECT user_id, content FROM {}").format(table)
        rows = connection.execute(query).fetchall()
    return sum(
        not value.startswith("ENC2:") or only.open(value, target.cell(str(owner))).kid == ""
        for owner, value in rows
    )


@pytest.mark.finding(13)
@pytest.mark.parametrize("key_type", ["char(26)", "varchar(26)", "numeric(30,2)", "bigint", "name"])
def test_walks_keys_of_a_type_with_its_modifier(diary: Diary, key_type: LiteralString) -> None:
    old = alone(1)
    with diary.connect() as connection:
        connection.execute(f"CREATE TABLE parent (id {key_type} PRIMARY KEY, user_id uuid, content text)")
        for number in range(40):
            ulid = f"01ARZ3NDEKTSV4RRFFQ69G5{number:03}"
            key = f"{number}.25" if key_type.startswith("numeric") else str(number)
            row = [ulid if "char" in key_type or key_type == "name" else key, uuid.uuid4()]
            connection.execute("INSERT INTO parent VALUES (%s, %s, %s)", [*row, old.seal_legacy(b"x")])
    assert run(diary, targets=(PARENT,), page_rows=7, workers=2).written == 40
    assert left(diary) == 0


def test_refuses_a_composite_key(diary: Diary) -> None:
    with diary.connect() as connection:
        connection.execute(
            "CREATE TABLE parent (id int, part int, user_id uuid, content text, PRIMARY KEY (id, part))"
        )
    with pytest.raises(Stop, match=r"id is one of 2 columns of public\.parent's primary key") as caught:
        run(diary, targets=(PARENT,))
    assert caught.value.code == Exit.BAD_INPUT


INHERITED = (
    "CREATE TABLE parent (id int PRIMARY KEY, user_id uuid, content text)",
    "CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent)",
    "CREATE TABLE grandchild (PRIMARY KEY (id)) INHERITS (child)",
)
FAMILY = ("parent", "child", "grandchild")


@pytest.mark.finding(16)
@pytest.mark.parametrize("workers", [1, 2])
def test_renews_rows_with_equal_keys_in_tables_that_inherit(diary: Diary, workers: int) -> None:
    make(diary, *INHERITED, tables=FAMILY)
    outcome = run(diary, targets=(PARENT,), page_rows=7, workers=workers)
    assert outcome.written == 150
    assert left(diary) == 0
    count = verify(diary, PARENT)
    assert (count.total, count.clean) == (150, True)


def test_tells_a_child_of_another_schema_from_its_parent_of_the_same_name(diary: Diary) -> None:
    with diary.connect() as connection:
        connection.execute(f"{INHERITED[0]}; CREATE SCHEMA archive")
        connection.execute("CREATE TABLE archive.parent (PRIMARY KEY (id)) INHERITS (public.parent)")
    with closing(diary.database.connect()) as session:
        names = [str(column) for column in inspect(session, PARENT)]
        session.execute("DROP SCHEMA archive CASCADE")
    # Locks and ranges are stored under these names.
    assert names == ["parent.content", "parent.content in archive.parent"]


def test_refuses_a_child_whose_keys_may_repeat(diary: Diary) -> None:
    make(diary, INHERITED[0], "CREATE TABLE child () INHERITS (parent)", tables=("parent", "child"))
    with pytest.raises(Stop, match=r"parent.content in public.child: id is not unique") as caught:
        run(diary, targets=(PARENT,))
    assert caught.value.code == Exit.BAD_INPUT
    assert left(diary) == 100, "nothing of the parent was written"


PARTITIONED = (
    "CREATE TABLE parent (id int PRIMARY KEY, user_id uuid, content text) PARTITION BY HASH (id)",
    "CREATE TABLE one PARTITION OF parent FOR VALUES WITH (MODULUS 3, REMAINDER 0)",
    "CREATE TABLE two PARTITION OF parent FOR VALUES WITH (MODULUS 3, REMAINDER 1)",
    "CREATE TABLE three PARTITION OF parent FOR VALUES WITH (MODULUS 3, REMAINDER 2) PARTITION BY HASH (id)",
    "CREATE TABLE four PARTITION OF three FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
)


@pytest.mark.parametrize("workers", [1, 3])
def test_renews_a_partitioned_table(diary: Diary, workers: int) -> None:
    make(diary, *PARTITIONED, tables=("parent",), rows=120)
    assert run(diary, targets=(PARENT,), page_rows=7, workers=workers).written == 120
    assert left(diary) == 0
    assert verify(diary, PARENT).total == 120


@pytest.mark.finding(16)
def test_samples_every_partition(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    make(diary, *PARTITIONED, tables=())
    monkeypatch.setattr(ranges, "SAMPLED_BLOCKS", 200)  # a smaller sample may miss the middle
    with closing(diary.database.connect()) as session:
        session.execute(
            "INSERT INTO parent "
            "SELECT n, gen_random_uuid(), repeat('x', 700) FROM generate_series(1, 30000) n"
        )
        (column,) = inspect(session, PARENT)
        session.execute("SELECT pg_stat_force_next_flush()")
        before = _blocks(session)
        parts = divide(session, column, 3)
        session.execute("SELECT pg_stat_force_next_flush()")
        read = _blocks(session) - before
    assert len(parts) == 3
    middle = int(parts[0].upto or 0), int(parts[1].upto or 0)
    assert 5_000 < middle[0] < 15_000 < middle[1] < 25_000
    assert 0 < read < 400, "of 3,000 blocks"


def _blocks(session: psycopg.Connection) -> int:
    query = "SELECT sum(heap_blks_read + heap_blks_hit)::int FROM pg_statio_user_tables"
    return (session.execute(query).fetchone() or (0,))[0]


@pytest.mark.finding(16)
def test_bounds_a_page_by_bytes(diary: Diary) -> None:
    diary.fill_legacy(20, length=200_000)
    size = len(next(iter(diary.stored().values())))
    with closing(diary.database.connect()) as session:
        (column,) = inspect(session, TARGET)
        work = Work(column, RING, "ENC2", page_bytes=3 * size)
        seen, above = list[int](), None
        while rows := work.read(session, Bounds(above, None)):
            seen.append(len(rows))
            above = rows[-1][0]
    assert seen == [3, 3, 3, 3, 3, 3, 2]


@pytest.mark.finding(16)
def test_reads_a_value_that_is_larger_than_a_page(diary: Diary) -> None:
    diary.fill_legacy(5, length=100_000)
    assert run(diary, page_bytes=1, workers=2).written == 5
    (count,) = Scan(diary.database, RING, plan(page_bytes=1))().counts
    assert (count.total, count.clean) == (5, True)


def test_refuses_what_is_no_table(diary: Diary) -> None:
    with diary.connect() as connection:
        connection.execute("CREATE VIEW parent AS SELECT * FROM lib_entries")
    with pytest.raises(Stop, match=r"public\.parent is not an ordinary or partitioned table"):
        run(diary, targets=(PARENT,))


TENANT = "tenant"


@pytest.fixture
def tenant(diary: Diary) -> Database:
    """The owner of the table, from which a policy hides half of the rows."""
    diary.fill_legacy(30)
    with diary.connect() as connection:
        new_role(connection, TENANT)
        connection.execute(
            "GRANT CREATE ON DATABASE diary TO tenant;"
            "GRANT ALL ON SCHEMA public TO tenant; ALTER TABLE lib_entries OWNER TO tenant;"
            "CREATE POLICY half ON lib_entries USING (id < '80000000-0000-0000-0000-000000000000');"
            "ALTER TABLE lib_entries ENABLE ROW LEVEL SECURITY"
        )
    return Database(diary.postgres.dsn("diary", user=TENANT, password=TENANT))


@pytest.fixture
def forced(diary: Diary, tenant: Database) -> Database:
    with diary.connect() as connection:
        connection.execute("ALTER TABLE lib_entries FORCE ROW LEVEL SECURITY")
    return tenant


@pytest.mark.finding(4)
@pytest.mark.parametrize("record", [True, False])
def test_refuses_to_work_on_the_rows_that_a_policy_shows(
    diary: Diary, forced: Database, record: bool
) -> None:
    before = diary.stored()
    for command in (Run(forced, RING, plan()), Scan(forced, RING, plan(), record=record)):
        with pytest.raises(Stop, match=r"row-level security hides rows of public\.lib_entries") as caught:
            command()
        assert caught.value.code == Exit.REFUSED
    assert diary.stored() == before
    with diary.connect() as connection:
        assert connection.execute("SELECT to_regnamespace('strongroom')").fetchone() == (None,)


@pytest.mark.finding(4)
def test_lets_the_server_refuse_a_policy_that_comes_later(diary: Diary, tenant: Database) -> None:
    def force(_: object) -> None:
        with diary.connect() as connection:
            connection.execute("ALTER TABLE lib_entries FORCE ROW LEVEL SECURITY")

    with pytest.raises(Stop, match="row-level security hides rows from this role") as caught:
        Run(tenant, RING, plan(page_rows=5), on_step=force)()
    assert caught.value.code == Exit.REFUSED


def test_works_as_the_owner_to_whom_no_policy_applies(diary: Diary, tenant: Database) -> None:
    (outcome,) = Run(tenant, RING, plan())()
    assert outcome.written == 30


@pytest.mark.finding(4)
def test_asks_of_every_session_that_no_row_is_hidden(diary: Diary) -> None:
    with closing(diary.database.connect()) as session:
        assert session.execute("SHOW row_security").fetchone() == ("off",)


@pytest.mark.parametrize(("right", "column"), [("SELECT", "content"), ("UPDATE", "content")])
def test_says_which_right_on_a_column_is_missing(diary: Diary, right: str, column: str) -> None:
    diary.fill_legacy(3)
    with diary.connect() as connection:
        new_role(connection, "reader")
        connection.execute(
            "GRANT USAGE ON SCHEMA public TO reader;GRANT SELECT (id, user_id) ON lib_entries TO reader"
        )
        if right == "UPDATE":
            connection.execute("GRANT SELECT ON lib_entries TO reader")
    reader = Database(diary.postgres.dsn("diary", user="reader", password="reader"))
    with pytest.raises(Stop, match=f"reader lacks {right} on public.lib_entries.{column}: grant it"):
        Run(reader, RING, plan())()


def test_reports_a_missing_right_with_its_own_sentence() -> None:
    with pytest.raises(Stop, match="a privilege is missing") as caught, refusals():
        raise psycopg.errors.InsufficientPrivilege
    assert caught.value.code == Exit.REFUSED


def test_keeps_apart_two_declared_columns_of_one_table(diary: Diary) -> None:
    with diary.connect() as connection:
        connection.execute("ALTER TABLE lib_entries ADD title text")
    diary.fill_legacy(3)
    title = replace(TARGET, column="title", may_be_empty=True)
    outcomes = Run(diary.database, RING, plan(targets=(TARGET, title)))()
    assert [one.written for one in outcomes] == [3, 0]
