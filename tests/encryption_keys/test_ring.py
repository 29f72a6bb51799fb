"""Tests of Ring: building, parsing, refusing, and that no message contains a key."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from encryption_keys import Ring, RingError, kid, ring_document
from tests.encryption_keys.rings import DEVELOPMENT_KEY, KEYS, KIDS, Document, assert_shows_no_key, document


def test_loads_what_the_writer_wrote() -> None:
    ring = Ring.load(json.dumps(document()))
    assert [key.generation for key in ring.keys] == [3, 2, 1]
    assert ring.current.kid == KIDS[2]


@pytest.mark.attack(16)
@pytest.mark.parametrize(
    "text",
    [
        "",
        *(base64.b64encode(bytes(range(length))).decode() for length in (16, 31, 33)),
        bytes(range(32)).hex(),
        base64.urlsafe_b64encode(b"\xfb\xff" * 16).decode(),
        KEYS[1].rstrip("="),
        KEYS[1] + "\n",
        DEVELOPMENT_KEY,
        base64.b64encode(bytes(32)).decode(),
    ],
    ids=["0", "16", "31", "33", "hex", "url-safe", "unpadded", "newline", "development", "all-equal"],
)
def test_refuses_a_malformed_key(text: str) -> None:
    bad = document()
    bad["keys"][0]["key"] = text
    with pytest.raises(RingError, match=r"^keys\[0\]: key: ") as caught:
        Ring.load(json.dumps(bad))
    assert_shows_no_key(caught.value)


def _copy_key(ring: Document) -> None:
    ring["keys"][0] |= {"kid": KIDS[2], "key": KEYS[2]}


def _foreign_kid(ring: Document) -> None:
    ring["keys"][0]["kid"] = KIDS[4]


def _key_in_place_of_kid(ring: Document) -> None:
    ring["keys"][0]["kid"] = KEYS[1]


def _two_current(ring: Document) -> None:
    ring["keys"][2]["status"] = "current"


def _none_current(ring: Document) -> None:
    ring["keys"][1]["status"] = "decrypt-only"


def _other_current(ring: Document) -> None:
    ring["current"] = KIDS[3]


def _same_generation(ring: Document) -> None:
    ring["keys"][0]["generation"] = 2


def _next_before_the_current(ring: Document) -> None:
    """A keyring from before a rotation, whose current key is not the newest."""
    ring["keys"][0]["status"] = "next"


def _old_after_the_current(ring: Document) -> None:
    ring["keys"][2]["status"] = "decrypt-only"


@pytest.mark.finding(12)
@pytest.mark.attack(12, 17)
@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (_next_before_the_current, "generation 1 is next, expected decrypt-only"),
        (_old_after_the_current, "generation 3 is decrypt-only, expected next"),
        (_copy_key, "two keys have the same kid"),
        (_foreign_kid, r"keys\[0\]: kid is not the fingerprint"),
        (_key_in_place_of_kid, r"keys\[0\]: kid is not the fingerprint"),
        (_two_current, "exactly one key is current, not 2"),
        (_none_current, "exactly one key is current, not 0"),
        (_other_current, "does not name the key"),
        (_same_generation, "same generation"),
    ],
)
def test_refuses_a_ring_that_contradicts_itself(spoil: Callable[[Document], None], problem: str) -> None:
    bad = document()
    spoil(bad)
    with pytest.raises(RingError, match=problem) as caught:
        Ring.load(json.dumps(bad))
    assert_shows_no_key(caught.value)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"schema": 2}, "unknown schema"),
        ({"schema": True}, "unknown schema"),
        ({"schema": "1"}, "unknown schema"),
        ({"kind": "aes-128"}, "unknown kind"),
        ({"keys": {}}, "keys must be a list"),
        ({"keys": []}, "not 0"),
        ({"keys": ["x"]}, r"keys\[0\]: must be an object"),
        ({"comment": "hello"}, "must be an object of exactly"),
    ],
)
def test_refuses_an_unknown_shape(change: Document, problem: str) -> None:
    with pytest.raises(RingError, match=problem):
        Ring.load(json.dumps(document() | change))


def test_refuses_a_field_that_is_given_twice() -> None:
    text = json.dumps(document())
    with pytest.raises(RingError, match="a field is given twice"):
        Ring.load(text.replace('"schema": 1', '"schema": 2, "schema": 1'))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"generation": 0}, "generation must be"),
        ({"generation": True}, "generation must be"),
        ({"generation": "1"}, "generation must be"),
        ({"status": "retired"}, "status must be"),
        ({"key": 7}, "key must be text"),
        ({"extra": 1}, "must be an object of exactly"),
    ],
)
def test_refuses_an_entry_of_an_unknown_shape(change: Document, problem: str) -> None:
    bad = document()
    bad["keys"][0] |= change
    with pytest.raises(RingError, match=problem):
        Ring.load(json.dumps(bad))


@pytest.mark.finding(17)
@pytest.mark.attack(12)
@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "[]", KEYS[1], '{"keys": "' + KEYS[1], '{"a":1,"a":"' + KEYS[1] + '"}', "[" * 10**5),
        '{"schema": ' + "9" * 5000 + "}",
    ],
)
def test_refuses_what_is_not_a_ring_without_quoting_it(text: str) -> None:
    with pytest.raises(RingError) as caught:
        Ring.load(text)
    assert_shows_no_key(caught.value)


def test_writes_the_ring_in_one_canonical_form() -> None:
    forward = ring_document("aes-256-key", [(1, KEYS[1], "current"), (2, KEYS[2], "next")])
    backward = ring_document("aes-256-key", [(2, KEYS[2], "next"), (1, KEYS[1], "current")])
    assert forward == backward == Ring.load(forward).document()
    assert forward.startswith(
        f'{{"schema":1,"kind":"aes-256-gcm","current":"{kid(KEYS[1])}","keys":[{{"kid":'
    )
    assert json.loads(forward) == {
        "schema": 1,
        "kind": "aes-256-gcm",
        "current": kid(KEYS[1]),
        "keys": [
            {"kid": kid(KEYS[1]), "key": KEYS[1], "generation": 1, "status": "current"},
            {"kid": kid(KEYS[2]), "key": KEYS[2], "generation": 2, "status": "next"},
        ],
    }


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ([], "exactly one key is current, not 0"),
        ([(1, KEYS[1], "next")], "exactly one key is current, not 0"),
        ([(1, KEYS[1], "current"), (2, KEYS[2], "current")], "exactly one key is current, not 2"),
        ([(1, KEYS[1], "current"), (2, KEYS[1], "next")], "two keys have the same kid"),
        ([(1, KEYS[1], "current"), (1, KEYS[2], "next")], "two keys have the same generation"),
        ([(1, KEYS[1], "current"), (2, KEYS[2], "retired")], "status must be one of"),
        ([(1, KEYS[1] + "\n", "current")], r"canonical|base64"),
    ],
)
def test_refuses_a_ring_that_no_reader_would_load(keys: list, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        ring_document("aes-256-key", keys)
    assert KEYS[1] not in str(caught.value)
    assert KEYS[2] not in str(caught.value)


@pytest.mark.parametrize("kind", ["password", "django-key", "external"])
def test_gives_a_ring_to_key_kinds_only(kind: str) -> None:
    with pytest.raises(ValueError, match="has no ring"):
        ring_document(kind, [(1, KEYS[1], "current")])
