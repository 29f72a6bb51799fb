"""Tests of Cipher: what it decrypts, what it refuses, and that no message contains a key."""

from __future__ import annotations

import base64
import json
import string
import struct
import subprocess
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import example, given
from hypothesis import strategies as st

from encryption_keys import (
    Cell,
    Cipher,
    NotReadBack,
    Ring,
    RingError,
    Unreadable,
    envelope,
    nonces,
    ring_document,
)
from tests.encryption_keys.rings import KEYS, KIDS, alone, assert_shows_no_key, document
from tests.tools import NODE

BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
CELL = Cell("lib_entries", "content", "user-1")


@pytest.fixture
def cipher() -> Cipher:
    return Cipher(Ring.load(json.dumps(document())))


@pytest.mark.attack(12)
def test_shows_no_key_in_any_repr(cipher: Cipher) -> None:
    ring = Ring.load(json.dumps(document()))
    opened = cipher.open(cipher.seal(b"a private thought", CELL), CELL)
    shown = repr(ring) + str(ring) + repr(ring.current) + repr(cipher) + repr(opened)
    for text in KEYS.values():
        assert text not in shown
        assert repr(base64.b64decode(text))[2:-1] not in shown
    assert "private" not in shown


def test_makes_no_cipher_of_a_signing_ring() -> None:
    with pytest.raises(RingError, match="aes-256-gcm"):
        Cipher(Ring.load(ring_document("hmac-key", [(1, KEYS[1], "current")])))


@pytest.mark.accepts("A11")
@pytest.mark.parametrize("generation", [1, 2, 3])
def test_opens_a_legacy_value_of_any_living_generation(cipher: Cipher, generation: int) -> None:
    opened = cipher.open(alone(generation).seal_legacy(b"dear diary"), CELL)
    assert (opened.plaintext, opened.kid, opened.format) == (b"dear diary", KIDS[generation], "ENC")


@pytest.mark.accepts("A11")
@pytest.mark.parametrize("generation", [1, 2, 3])
def test_opens_an_envelope_of_any_living_generation(cipher: Cipher, generation: int) -> None:
    opened = cipher.open(alone(generation).seal(b"dear diary", CELL), CELL)
    assert (opened.plaintext, opened.kid, opened.format) == (b"dear diary", KIDS[generation], "ENC2")


def test_writes_with_the_current_key_only(cipher: Cipher) -> None:
    assert alone(2).open(cipher.seal_legacy(b"x"), CELL).plaintext == b"x"
    assert cipher.seal(b"x", CELL).startswith(f"ENC2:{KIDS[2]}:")


def test_proves_by_the_current_key_alone_that_nothing_else_is_needed() -> None:
    only = Cipher(Ring.load(json.dumps(document())).only_current())
    assert only.kids == (KIDS[2],)
    with pytest.raises(Unreadable):
        only.open(alone(1).seal_legacy(b"x"), CELL)


@pytest.mark.attack(20)
@given(st.binary(max_size=2000))
@example(b"")
@example(b"\xff\x00\xc3")
def test_keeps_every_byte_of_any_text(plaintext: bytes) -> None:
    cipher = alone(1)
    assert cipher.open(cipher.seal(plaintext, CELL), CELL).plaintext == plaintext
    assert cipher.open(cipher.seal_legacy(plaintext), CELL).plaintext == plaintext


@pytest.mark.attack(20)
@pytest.mark.parametrize("value", ["", "   ", "dear diary", "enc:abc", " ENC:abc", "ENC", "ENC2", "ENC3:x"])
def test_takes_text_without_a_prefix_for_plain(cipher: Cipher, value: str) -> None:
    with pytest.raises(Unreadable) as caught:
        cipher.open(value, CELL)
    assert caught.value.reason == "plain"


@pytest.mark.attack(20)
@pytest.mark.parametrize(
    "value",
    [
        "ENC:",
        "ENC: hello",
        "ENC:aGVsbG8=",
        "ENC:ä",
        "ENC2:",
        "ENC2:hello",
        "ENC2:x:y",
        "ENC2:dear diaries: x",
    ],
)
def test_takes_plain_text_that_looks_encrypted_for_malformed(cipher: Cipher, value: str) -> None:
    with pytest.raises(Unreadable) as caught:
        cipher.open(value, CELL)
    assert caught.value.reason == "malformed"


def reason(cipher: Cipher, value: str, cell: Cell = CELL) -> str:
    with pytest.raises(Unreadable) as caught:
        cipher.open(value, cell)
    assert_shows_no_key(caught.value)
    return caught.value.reason


@pytest.mark.attack(18)
@pytest.mark.parametrize("form", ["ENC", "ENC2"])
def test_refuses_every_truncation(cipher: Cipher, form: Any) -> None:
    value = cipher.seal_proved(b"dear diary", CELL, form, *nonces(form, 1))
    assert {reason(cipher, value[:end]) for end in range(5, len(value))} <= {"malformed", "bad-tag"}


@pytest.mark.attack(18)
@pytest.mark.parametrize("form", ["ENC", "ENC2"])
def test_refuses_every_flipped_bit(cipher: Cipher, form: Any) -> None:
    value = cipher.seal_proved(b"dear diary", CELL, form, *nonces(form, 1))
    prefix, body = value[: value.rindex(":") + 1], bytearray(base64.b64decode(value[value.rindex(":") + 1 :]))
    for bit in range(8 * len(body)):
        body[bit // 8] ^= 1 << bit % 8
        assert reason(cipher, prefix + base64.b64encode(body).decode()) == "bad-tag"
        body[bit // 8] ^= 1 << bit % 8


@pytest.mark.attack(18)
def test_refuses_a_second_spelling_of_the_same_bytes(cipher: Cipher) -> None:
    value = cipher.seal_legacy(b"12345")
    assert value.endswith("==")
    loose = value[:-3] + BASE64[BASE64.index(value[-3]) + 1] + "=="
    assert base64.b64decode(loose[4:]) == base64.b64decode(value[4:]), "the same bytes, spelled otherwise"
    assert reason(cipher, loose) == "malformed"
    for stray in "\n -":
        assert reason(cipher, value[:20] + stray + value[20:]) == "malformed"


@pytest.mark.attack(18)
def test_refuses_a_swapped_and_an_unknown_kid(cipher: Cipher) -> None:
    body = cipher.seal(b"dear diary", CELL).rpartition(":")[2]
    assert reason(cipher, f"ENC2:{KIDS[1]}:{body}") == "bad-tag"
    assert reason(cipher, f"ENC2:{KIDS[4]}:{body}") == "unknown-kid"


@pytest.mark.attack(18)
def test_refuses_one_format_passed_off_as_the_other(cipher: Cipher) -> None:
    envelope, legacy = cipher.seal(b"dear diary, today", CELL), cipher.seal_legacy(b"dear diary, today")
    assert reason(cipher, "ENC:" + envelope.rpartition(":")[2]) == "bad-tag"
    assert reason(cipher, f"ENC2:{KIDS[2]}:" + legacy.rpartition(":")[2]) == "bad-tag"


@pytest.mark.attack(19)
@pytest.mark.parametrize(
    "elsewhere",
    [
        CELL._replace(owner="user-2"),
        CELL._replace(column="title"),
        CELL._replace(table="lib_insights"),
        # The same characters, divided differently: plain concatenation would not tell them apart.
        Cell("lib_entriescon", "tent", "user-1"),
        Cell("lib_entries", "contentuser", "-1"),
    ],
)
def test_refuses_a_ciphertext_moved_elsewhere(cipher: Cipher, elsewhere: Cell) -> None:
    assert reason(cipher, cipher.seal(b"dear diary", CELL), elsewhere) == "bad-tag"


@pytest.mark.attack(19)
def test_binds_a_proved_value_to_its_cell(cipher: Cipher) -> None:
    value = cipher.seal_proved(b"dear diary", CELL, "ENC2", *nonces("ENC2", 1))
    assert cipher.open(value, CELL).plaintext == b"dear diary"
    assert reason(cipher, value, CELL._replace(owner="user-2")) == "bad-tag"


def test_makes_a_proved_legacy_value_that_any_cell_opens(cipher: Cipher) -> None:
    value = cipher.seal_proved(b"dear diary", CELL, "ENC", *nonces("ENC", 1))
    assert cipher.open(value, CELL._replace(owner="user-2")).plaintext == b"dear diary"


@pytest.mark.attack(19)
def test_binds_a_value_by_the_documented_bytes(cipher: Cipher) -> None:
    # Another program must be able to read what Cipher wrote.
    raw = base64.b64decode(cipher.seal(b"dear diary", CELL).rpartition(":")[2])
    parts = [b"ENC2", KIDS[2].encode(), b"lib_entries", b"content", b"user-1"]
    bound = b"".join(struct.pack(">I", len(part)) + part for part in parts)
    assert AESGCM(base64.b64decode(KEYS[2])).decrypt(raw[:12], raw[12:], bound) == b"dear diary"


def test_never_repeats_a_nonce(cipher: Cipher) -> None:
    seen = {base64.b64decode(cipher.seal(b"", CELL).rpartition(":")[2])[:12] for _ in range(1000)}
    assert len(seen) == 1000


@pytest.mark.parametrize(("form", "size"), [("ENC", 16), ("ENC2", 12)])
def test_draws_as_many_different_nonces_as_asked_for(form: Any, size: int) -> None:
    drawn = nonces(form, 1000)
    assert len(set(drawn)) == 1000
    assert {len(nonce) for nonce in drawn} == {size}


@pytest.mark.parametrize("form", ["ENC", "ENC2"])
@pytest.mark.parametrize("fault", ["text", "key"])
def test_hands_out_no_value_that_does_not_read_back(
    cipher: Cipher, form: Any, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = envelope._encode
    broken = {"text": lambda raw: real(raw)[:-4], "key": lambda raw: real(raw[:-1] + bytes([raw[-1] ^ 1]))}
    monkeypatch.setattr(envelope, "_encode", broken[fault])
    with pytest.raises(NotReadBack):
        cipher.seal_proved(b"dear diary", CELL, form, *nonces(form, 1))


@pytest.mark.parametrize("likely", [None, "", KIDS[1], KIDS[2], KIDS[4]])
def test_takes_a_hint_for_no_more_than_a_hint(cipher: Cipher, likely: str | None) -> None:
    for generation in (1, 2, 3):
        opened = cipher.open(alone(generation).seal_legacy(b"dear diary"), CELL, likely)
        assert opened == (b"dear diary", KIDS[generation], "ENC")


SCRIPT = """
const {createCipheriv, createDecipheriv, randomBytes} = require('crypto');
const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const key = Buffer.from(input.key, 'base64');
const sealed = input.texts.map(text => {
  const iv = randomBytes(16), c = createCipheriv('aes-256-gcm', key, iv);
  const body = Buffer.concat([c.update(text, 'utf8'), c.final()]);
  return 'ENC:' + Buffer.concat([iv, c.getAuthTag(), body]).toString('base64');
});
const opened = input.values.map(value => {
  const raw = Buffer.from(value.slice(4), 'base64');
  const d = createDecipheriv('aes-256-gcm', key, raw.subarray(0, 16));
  d.setAuthTag(raw.subarray(16, 32));
  return Buffer.concat([d.update(raw.subarray(32)), d.final()]).toString('utf8');
});
process.stdout.write(JSON.stringify({sealed, opened}));
"""


@pytest.mark.accepts("A11")
def test_reads_what_node_wrote_and_writes_what_node_reads(cipher: Cipher) -> None:
    texts = ["dear diary", "x", "pä🙂", "line\nline\x00", "é" * 100_000]
    task = {"key": KEYS[2], "texts": texts, "values": [cipher.seal_legacy(text.encode()) for text in texts]}
    done = subprocess.run(
        [NODE, "-e", SCRIPT], input=json.dumps(task), capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout)
    assert answer["opened"] == texts
    assert [cipher.open(value, CELL).plaintext.decode() for value in answer["sealed"]] == texts
