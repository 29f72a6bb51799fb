"""Tests of re-encryption: every value ends under the current key with the same plain text."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import time
import uuid
from contextlib import closing
from typing import Any

import pytest

from encryption_keys import Cipher
from ops.core.exits import Exit, Stop
from ops.reencrypt.catalog.columns import inspect
from ops.reencrypt.page import Bounds, Work
from ops.reencrypt.plan import Mode
from ops.reencrypt.progress import Step
from ops.reencrypt.run import Outcome, Run
from ops.reencrypt.target import Target
from ops.reencrypt.verification import Scan
from ops.reencrypt.write import write_page
from tests.ops.reencrypt.rows import (
    KEYS,
    LOST,
    NEW,
    OLD,
    RING,
    TABLE,
    TARGET,
    Diary,
    alone,
    cell,
    plan,
)
from tests.tools import NODE


def renew(diary: Diary, mode: Mode = "enc2", **changes: Any) -> Outcome:
    (outcome,) = Run(diary.database, RING, plan(mode, **changes))()
    return outcome


@pytest.mark.accepts("A10")
@pytest.mark.parametrize(("mode", "form"), [("enc2", "ENC2"), ("legacy", "ENC")])
@pytest.mark.parametrize("workers", [1, 3])
def test_brings_every_row_under_the_current_key(diary: Diary, mode: Mode, form: str, workers: int) -> None:
    diary.fill_legacy(1200)
    outcome = renew(diary, mode, workers=workers)
    assert (outcome.written, outcome.conflicts, outcome.poison_count) == (1200, 0, 0)
    assert diary.by_key() == {f"{NEW} {form}": 1200}
    assert diary.says() == diary.plain


def test_ends_with_a_pass_that_finds_nothing(diary: Diary) -> None:
    diary.fill_legacy(10)
    assert renew(diary).passes == 2
    assert renew(diary).passes == 1


@pytest.mark.parametrize(("mode", "start", "size"), [("enc2", len(f"ENC2:{NEW}:"), 12), ("legacy", 4, 16)])
def test_gives_every_row_a_nonce_of_its_own(diary: Diary, mode: Mode, start: int, size: int) -> None:
    diary.fill_legacy(1200)
    renew(diary, mode, workers=2)
    nonces = {base64.b64decode(value[start:])[:size] for value in diary.stored().values()}
    assert len(nonces) == 1200


@pytest.mark.attack(21)
@pytest.mark.parametrize("mode", ["enc2", "legacy"])
def test_leaves_alone_what_is_current_already(diary: Diary, mode: Mode) -> None:
    diary.fill_legacy(20)
    renew(diary, mode)
    before = diary.stored()
    assert renew(diary, mode).written == 0
    assert diary.stored() == before


@pytest.mark.attack(21)
def test_keeps_every_page_from_the_moment_it_is_written(diary: Diary) -> None:
    diary.fill_legacy(60)
    seen: list[int] = []
    on_step = lambda _: seen.append(diary.by_key()[f"{NEW} ENC2"])  # noqa: E731
    Run(diary.database, RING, plan(page_rows=20), on_step=on_step)()
    assert seen[:3] == [20, 40, 60], "what another session sees, a kill leaves"


@pytest.mark.accepts("A11")
def test_renews_envelopes_of_the_former_generation(diary: Diary) -> None:
    writer = alone(1)
    with diary.connect() as connection:
        for n in range(5):
            key = uuid.uuid4()
            diary.plain[key] = b"entry %d" % n
            value = writer.seal(diary.plain[key], cell(key))
            row = [key, cell(key).owner, value]
            connection.execute("INSERT INTO lib_entries (id, user_id, content) VALUES (%s, %s, %s)", row)
    assert renew(diary).written == 5
    assert diary.says() == diary.plain


def test_turns_envelopes_back_for_readers_that_know_none(diary: Diary) -> None:
    diary.fill_legacy(5)
    renew(diary)
    assert renew(diary, "legacy").written == 5
    assert diary.by_key() == {f"{NEW} ENC": 5}
    assert diary.says() == diary.plain


@pytest.mark.attack(20)
@pytest.mark.parametrize("mode", ["enc2", "legacy"])
def test_leaves_plain_and_blank_text_as_it_is(diary: Diary, mode: Mode) -> None:
    texts = ["", "   ", "\t\n", "dear diary", "enc:lower case", "ENCore", "ENC"]
    keys = diary.fill((text.encode(), text) for text in texts)
    outcome = renew(diary, mode)
    assert (outcome.written, outcome.poison_count) == (0, 0)
    assert [diary.stored()[key] for key in keys] == texts


@pytest.mark.attack(20)
def test_encrypts_plain_text_only_when_told_to_and_never_blank(diary: Diary) -> None:
    keys = diary.fill((text.encode(), text) for text in ["", "  ", "dear diary", "ENCore"])
    assert renew(diary, encrypt_plaintext=True).written == 2
    stored = diary.stored()
    assert [stored[key] for key in keys[:2]] == ["", "  "]
    cipher = Cipher(RING.only_current())
    assert [cipher.open(stored[key], cell(key)).plaintext for key in keys[2:]] == [b"dear diary", b"ENCore"]


@pytest.mark.attack(20)
@pytest.mark.parametrize("mode", ["enc2", "legacy"])
def test_keeps_a_megabyte_and_bytes_that_are_no_utf8(diary: Diary, mode: Mode) -> None:
    old = alone(1)
    texts = [os.urandom(1_000_000), b"\xff\xfe\x00 no text", b""]
    diary.fill((text, old.seal_legacy(text)) for text in texts)
    assert renew(diary, mode).written == 3
    assert diary.says() == diary.plain


@pytest.mark.attack(18)
@pytest.mark.attack(20)
@pytest.mark.parametrize("mode", ["enc2", "legacy"])
def test_lists_what_no_key_opens_and_goes_on(diary: Diary, mode: Mode) -> None:
    good = diary.fill_legacy(30)
    flipped = bytearray(base64.b64decode(alone(1).seal_legacy(b"x")[4:]))
    flipped[-1] ^= 1
    bad = {
        "bad-tag": "ENC:" + base64.b64encode(flipped).decode(),
        "malformed": "ENC: is how a note may begin",
        "unknown-kid": alone(4).seal(b"x", cell(uuid.uuid4())),
    }
    keys = diary.fill((b"", value) for value in bad.values())
    outcome = renew(diary, mode, encrypt_plaintext=True)
    assert {(row.key, row.reason) for row in outcome.poison} == {
        (str(key), reason) for key, reason in zip(keys, bad, strict=True)
    }
    assert outcome.written == len(good)
    assert [diary.stored()[key] for key in keys] == list(bad.values()), (
        "what it cannot read it does not touch"
    )


@pytest.mark.attack(19)
def test_takes_a_value_moved_to_another_row_for_poison(diary: Diary) -> None:
    first, second = diary.fill_legacy(2)
    renew(diary)
    moved = diary.stored()[first]
    diary.put(second, moved)
    # A run does not read values under the current kid; the verification does.
    (count,) = Scan(diary.database, RING, plan())().counts
    assert [(row.key, row.reason) for row in count.poison] == [(str(second), "bad-tag")]
    assert LOST not in count.by_key


@pytest.mark.attack(19)
def test_binds_no_value_to_a_row_without_an_owner(diary: Diary) -> None:
    stored = alone(1).seal_legacy(b"whose?")
    with diary.connect() as connection:
        connection.execute("ALTER TABLE lib_entries ALTER user_id DROP NOT NULL")
        connection.execute("INSERT INTO lib_entries (id, content) VALUES (gen_random_uuid(), %s)", [stored])
    assert (renew(diary).poison_count, list(diary.stored().values())) == (1, [stored])


def test_walks_numbers_as_numbers(diary: Diary) -> None:
    # In text order 10 comes before 9: a page that ended at 9 would skip keys.
    old = alone(1)
    with diary.connect() as connection:
        connection.execute("CREATE TABLE note (id int PRIMARY KEY, owner int, body varchar NOT NULL)")
        for number in range(1, 121):
            row = [number, number % 7, old.seal_legacy(b"note %d" % number)]
            connection.execute("INSERT INTO note VALUES (%s, %s, %s)", row)
    target = Target("note", "id", "body", "owner", envelope="enc2")
    (outcome,) = Run(diary.database, RING, plan(targets=(target,), page_rows=7, workers=2))()
    assert outcome.written == 120


def test_renews_names_that_need_quotes_and_keys_that_are_text(diary: Diary) -> None:
    old = alone(1)
    keys = ["plain", "it's", 'a "quoted" one', "back\\slash", "{a,b}", "NULL", "ü", "a,b", " "]
    with diary.connect() as connection:
        connection.execute('CREATE SCHEMA "My Notes"')
        connection.execute(
            'CREATE TABLE "My Notes"."Say ""Hi""" ("Key" text PRIMARY KEY, "select" text, "from" text)'
        )
        for key in keys:
            row = [key, key, old.seal_legacy(key.encode())]
            connection.execute('INSERT INTO "My Notes"."Say ""Hi""" VALUES (%s, %s, %s)', row)
    target = Target('My Notes.Say "Hi"', "Key", "from", "select", envelope="enc2")
    (outcome,) = Run(diary.database, RING, plan(targets=(target,), page_rows=2))()
    assert outcome.written == len(keys)


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        (Target("nowhere", "id", "content", "user_id"), "there is no table nowhere"),
        (Target("LIB_ENTRIES", "id", "content", "user_id"), "there is no table LIB_ENTRIES"),
        (Target(TABLE, "id", "body", "user_id"), "lib_entries has no column body"),
        (Target(TABLE, "key", "content", "user_id"), "lib_entries has no column key"),
        (Target(TABLE, "id", "content", "owner"), "lib_entries has no column owner"),
        (Target(TABLE, "user_id", "content", "id"), "user_id is not unique and NOT NULL"),
        (Target(TABLE, "id", "updated_at", "user_id"), "updated_at is timestamp with time zone, not text"),
        (Target("lib_entries; DROP TABLE lib_entries", "id", "content", "user_id"), "there is no table"),
    ],
)
def test_refuses_a_target_that_the_catalog_does_not_know(diary: Diary, target: Target, problem: str) -> None:
    with pytest.raises(Stop, match=re.escape(problem)) as caught:
        Run(diary.database, RING, plan(None, targets=(target,)))()
    assert caught.value.code == Exit.BAD_INPUT


def test_writes_nothing_of_a_page_whose_fresh_value_does_not_read_back(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary.fill_legacy(5)
    before = diary.stored()
    real = Cipher._seal
    monkeypatch.setattr(Cipher, "_seal", lambda self, text, *how: real(self, b"other", *how))
    with pytest.raises(Stop, match="did not decrypt to its plain text"):
        renew(diary)
    assert diary.stored() == before


@pytest.mark.attack(23)
def test_overwrites_nothing_that_changed_since_it_was_read(diary: Diary) -> None:
    (key,) = diary.fill_legacy(1)
    with diary.connect() as connection:
        column = inspect(connection, TARGET)[0]
        work = Work(column, RING, "ENC2")
        page = work.renew(work.read(connection, Bounds(None, None)))
        newer = alone(1).seal_legacy(b"a newer thought")
        diary.put(key, newer)
        assert write_page(connection, work.column, page).rows == 0
    assert diary.stored()[key] == newer


@pytest.mark.attack(23)
@pytest.mark.attack(26)
def test_overwrites_nothing_that_changed_while_another_row_was_held(diary: Diary) -> None:
    held, changed, _ = diary.fill_legacy(3)
    newer = alone(1).seal_legacy(b"a newer thought")
    with closing(diary.database.connect()) as session, diary.connect() as holder, holder.transaction():
        session.execute("SET lock_timeout = '50ms'")
        work = Work(inspect(session, TARGET)[0], RING, "ENC2")
        page = work.renew(work.read(session, Bounds(None, None)))
        diary.put(changed, newer)
        holder.execute("SELECT 1 FROM lib_entries WHERE id = %s FOR UPDATE", [held])
        assert write_page(session, work.column, page).rows == 1
    assert diary.stored()[changed] == newer


@pytest.mark.attack(22)
def test_leaves_a_row_to_the_run_that_was_quicker(diary: Diary) -> None:
    diary.fill_legacy(5)
    with closing(diary.database.connect()) as one, closing(diary.database.connect()) as two:
        work = Work(inspect(one, TARGET)[0], RING, "ENC2")
        mine, theirs = (work.renew(work.read(session, Bounds(None, None))) for session in (one, two))
        assert write_page(one, work.column, mine).rows == 5
        first = diary.stored()
        assert write_page(two, work.column, theirs).rows == 0
    assert diary.stored() == first
    assert diary.says() == diary.plain


@pytest.mark.attack(23)
def test_comes_back_for_what_a_straggler_wrote_behind_it(diary: Diary) -> None:
    first = min(diary.fill_legacy(60))
    late = [alone(1).seal_legacy(b"a straggler's thought")]

    def write_behind(_: Step) -> None:
        if late:
            diary.put(first, late.pop())

    Run(diary.database, RING, plan(page_rows=20), on_step=write_behind)()
    assert diary.by_key() == {f"{NEW} ENC2": 60}
    assert diary.says()[first] == b"a straggler's thought"


def test_keeps_to_the_rate(diary: Diary) -> None:
    diary.fill_legacy(300)
    began = time.monotonic()
    renew(diary, rows_per_s=500, page_rows=50, workers=2)
    assert time.monotonic() - began > 0.5


@pytest.mark.accepts("A11")
def test_renews_what_the_application_itself_wrote(diary: Diary) -> None:
    texts = [f"pä🙂 {n}" for n in range(50)]
    script = """
    const {createCipheriv, randomBytes} = require('crypto');
    const {key, texts} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    console.log(JSON.stringify(texts.map(text => {
      const iv = randomBytes(16), c = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), iv);
      const body = Buffer.concat([c.update(text, 'utf8'), c.final()]);
      return 'ENC:' + Buffer.concat([iv, c.getAuthTag(), body]).toString('base64');
    })));
    """
    task = json.dumps({"key": KEYS[1], "texts": texts})
    done = subprocess.run([NODE, "-e", script], input=task, capture_output=True, text=True, check=True)
    diary.fill(zip([text.encode() for text in texts], json.loads(done.stdout), strict=True))
    assert diary.by_key() == {f"{OLD} ENC": 50}
    assert renew(diary).written == 50
    assert diary.says() == diary.plain
