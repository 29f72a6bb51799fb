"""Tests of bindings: owner, declared names, format, and a keyring that is out of date."""

from __future__ import annotations

import threading
import uuid
from contextlib import closing
from dataclasses import replace

import pytest

from encryption_keys import Cell, Cipher, Ring, ring_document
from ops.core.exits import Exit, Stop
from ops.reencrypt.catalog.columns import inspect
from ops.reencrypt.page import LEGACY_REFUSED, Bounds, Work
from ops.reencrypt.run import Run
from ops.reencrypt.target import Target
from ops.reencrypt.write import write_page
from tests.ops.reencrypt.rows import (
    KEYS,
    NEW,
    OLD,
    RING,
    TABLE,
    TARGET,
    Diary,
    alone,
    document,
    owner_of,
    plan,
    run,
)
from tests.ops.reencrypt.test_verify import verify

MOVE = "UPDATE lib_entries SET user_id = %s WHERE id = %s"


def content(diary: Diary, key: uuid.UUID, owner: uuid.UUID) -> bytes:
    """The text of a row, decrypted for its current owner."""
    return Cipher(RING.only_current()).open(diary.stored()[key], Cell(TABLE, "content", str(owner))).plaintext


@pytest.mark.finding(3)
@pytest.mark.attack(19)
@pytest.mark.attack(23)
def test_seals_no_row_for_an_owner_that_it_no_longer_has(diary: Diary) -> None:
    """A transaction that was open when the page was read changes the owner, and then commits."""
    key, *_ = diary.fill_legacy(20)
    other = uuid.uuid4()
    with diary.connect() as mover:
        mover.execute("BEGIN")
        mover.execute(MOVE, [other, key])
        commit = threading.Timer(0.5, mover.execute, ["COMMIT"])
        commit.start()
        outcome = run(diary)
        commit.join()
    assert (outcome.written, outcome.poison_count) == (20, 0)
    assert outcome.conflicts >= 1, "the row was found to have moved"
    assert content(diary, key, other) == diary.plain[key]


@pytest.mark.finding(3)
@pytest.mark.attack(19)
@pytest.mark.parametrize("held", [False, True], ids=["at once", "while another row is held"])
def test_writes_no_row_whose_owner_changed_since_it_was_read(diary: Diary, held: bool) -> None:
    moved, still, _ = diary.fill_legacy(3)
    with closing(diary.database.connect()) as session, diary.connect() as holder, holder.transaction():
        session.execute("SET lock_timeout = '50ms'")
        (column,) = inspect(session, TARGET)
        work = Work(column, RING, "ENC2")
        page = work.renew(work.read(session, Bounds(None, None)))
        with diary.connect() as mover:
            mover.execute(MOVE, [uuid.uuid4(), moved])
        if held:
            holder.execute("SELECT 1 FROM lib_entries WHERE id = %s FOR UPDATE", [still])
        assert write_page(session, column, page).rows == (1 if held else 2)
    assert diary.stored()[moved].startswith("ENC:")


@pytest.mark.attack(19)
def test_writes_a_row_that_lost_its_owner_for_no_owner(diary: Diary) -> None:
    """In the ``ENC:`` format, which is not bound to an owner: NULL equals NULL in the comparison."""
    stored = alone(1).seal_legacy(b"whose?")
    with diary.connect() as connection:
        connection.execute("ALTER TABLE lib_entries ALTER user_id DROP NOT NULL")
        connection.execute("INSERT INTO lib_entries (id, content) VALUES (gen_random_uuid(), %s)", [stored])
    assert run(diary, "legacy").written == 1


@pytest.mark.finding(6)
@pytest.mark.parametrize("schema", ["", "public."])
def test_binds_values_to_the_names_that_are_declared(diary: Diary, schema: str) -> None:
    """Not to the table's own name: the application uses another name."""
    diary.fill_legacy(3)
    target = replace(TARGET, table=f"{schema}lib_entries", logical=("entries", "text"))
    assert run(diary, targets=(target,)).written == 3
    only = Cipher(RING.only_current())
    says = {
        key: only.open(value, Cell("entries", "text", str(owner_of(key)))).plaintext
        for key, value in diary.stored().items()
    }
    assert says == diary.plain
    assert verify(diary, target).clean


OUT_OF_DATE = [(1, KEYS[1], "current"), (2, KEYS[2], "next")]


@pytest.fixture
def stale_ring() -> Ring:
    """The keyring from before the rotation: the current key was the next one."""
    return Ring.load(ring_document("aes-256-key", OUT_OF_DATE))  # pyright: ignore[reportArgumentType]


@pytest.mark.finding(12)
@pytest.mark.attack(17)
def test_moves_no_row_back_to_an_older_key(diary: Diary, stale_ring: Ring) -> None:
    diary.fill_legacy(30, generation=2)
    before = diary.stored()
    with pytest.raises(Stop, match=rf"rows are under {NEW} \(generation 2\), newer than {OLD}") as caught:
        run(diary, ring=stale_ring)
    assert caught.value.code == Exit.REFUSED
    assert diary.stored() == before


@pytest.mark.finding(12)
@pytest.mark.attack(17)
def test_refuses_a_ring_that_is_older_than_one_that_was_used_here(diary: Diary, stale_ring: Ring) -> None:
    diary.fill_legacy(3)
    run(diary)
    diary.fill_legacy(3)
    before = diary.stored()
    with pytest.raises(Stop, match=r"generation 1 is current in this ring, but .* generation 2") as caught:
        run(diary, ring=stale_ring)
    assert caught.value.code == Exit.REFUSED
    with pytest.raises(Stop, match="the ring is out of date"):
        verify(diary, ring=stale_ring)
    assert diary.stored() == before


@pytest.mark.finding(15)
def test_goes_on_where_writers_use_the_current_key_in_the_old_format(diary: Diary) -> None:
    """Rows are counted by key, and none is under an old one."""
    (key,) = diary.fill_legacy(1)
    behind = lambda _: diary.put(key, alone(2).seal_legacy(b"again"))  # noqa: E731
    (outcome,) = Run(diary.database, RING, plan(), on_step=behind, sleep=lambda _: None)()
    assert outcome.poison_count == 0
    assert outcome.reformatted_last == 1
    assert "a writer stores it; the key is the current one in all rows" in outcome.warnings[0]
    assert verify(diary).clean


@pytest.mark.finding(20)
@pytest.mark.attack(19)
def test_accepts_no_unbound_value_in_a_column_that_is_declared_enc2_only(diary: Diary) -> None:
    """A ciphertext that was copied from another row would be decrypted and bound to the wrong owner."""
    victim, other = diary.fill_legacy(2)
    replayed = diary.stored()[victim]
    run(diary)
    diary.put(other, replayed)
    target = replace(TARGET, envelope="enc2-only")
    outcome = run(diary, None, targets=(target,))
    assert outcome.poison == [(str(other), LEGACY_REFUSED)]
    assert diary.stored()[other] == replayed
    count = verify(diary, target)
    assert (count.poison, count.clean) == ([(str(other), LEGACY_REFUSED)], False)


@pytest.mark.finding(20)
def test_turns_no_column_back_that_is_declared_enc2_only(diary: Diary) -> None:
    with pytest.raises(Stop, match="declared `envelope: enc2-only`") as caught:
        plan("legacy", targets=(replace(TARGET, envelope="enc2-only"),))
    assert caught.value.code == Exit.REFUSED


def test_writes_each_column_in_its_own_format(diary: Diary) -> None:
    with diary.connect() as connection:
        connection.execute("ALTER TABLE lib_entries ADD title text")
        connection.execute(
            "INSERT INTO lib_entries (id, user_id, content, title) VALUES (%(id)s, %(id)s, %(old)s, %(old)s)",
            {"id": uuid.uuid4(), "old": alone(1).seal_legacy(b"x")},
        )
    title = Target(TABLE, "id", "title", "user_id", envelope="legacy")
    Run(diary.database, RING, plan(None, targets=(TARGET, title)))()
    with diary.connect() as connection:
        row = connection.execute("SELECT content, title FROM lib_entries").fetchone() or ("", "")
    assert (row[0][:5], row[1][:4]) == ("ENC2:", "ENC:")
    assert Cipher(RING.only_current()).open(row[1], TARGET.cell("")).plaintext == b"x"


def test_is_given_a_ring_of_three_generations() -> None:
    assert [key.status for key in Ring.load(document()).keys] == ["next", "current", "decrypt-only"]
