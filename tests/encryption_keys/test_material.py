"""Tests of key material: stable derivation, fingerprints, and errors that quote no key."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encryption_keys import material

SEED = "S" * 32 + "t" * 32
KEY = material.derive_key(SEED, secret="aiponge/entry-encryption-key", generation=1)
NEXT = material.derive_key(SEED, secret="aiponge/entry-encryption-key", generation=2)
DEVELOPMENT_KEY = base64.b64encode(b"development-key-do-not-use-in-prod"[:32]).decode()

seeds = st.text(alphabet="abcXYZ0189", min_size=64, max_size=64)
names = st.text(min_size=1, max_size=40)
generations = st.integers(min_value=1, max_value=10**6)


def test_needs_no_pulumi() -> None:
    code = "import encryption_keys, sys; sys.exit(any(m.split('.')[0] == 'pulumi' for m in sys.modules))"
    root = Path(material.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_keeps_the_bytes_of_a_generation_for_ever() -> None:
    # A change of one of these makes every stored row of every installation unreadable.
    key = material.derive_key(SEED, secret="aiponge/entry-encryption-key", generation=1)
    assert key == "ihK6XWNnICfp409IqNcdx4m6r0480iQ4mQ/rSwMtVtE="
    assert material.derive("password", SEED, "db", 3) == "b3tmpXBchoUiSwmxIdLf4G66WbARt0av40apAw9N"
    assert material.kid(key) == "EAGFUZ6CVQRG"
    assert material.fingerprint("a value") == "POBU4JVU34LP"


@given(seeds, names, generations)
def test_makes_32_bytes_of_canonical_base64(seed: str, name: str, generation: int) -> None:
    text = material.derive_key(seed, secret=name, generation=generation)
    assert len(text) == 44
    assert len(material.key_bytes(text)) == 32


@given(seeds, names, generations, names, generations)
def test_never_gives_two_generations_or_secrets_one_key(
    seed: str, name: str, generation: int, other: str, another: int
) -> None:
    pair = {(name, generation), (other, another)}
    assert len({material.derive_key(seed, secret=n, generation=g) for n, g in pair}) == len(pair)


@pytest.mark.parametrize(("one", "two"), [(("key-1", 1), ("key-", 11)), (("a", 12), ("a1", 2))])
def test_cannot_confuse_a_name_that_ends_in_digits_with_a_generation(
    one: tuple[str, int], two: tuple[str, int]
) -> None:
    keys = {material.derive_key(SEED, secret=name, generation=generation) for name, generation in (one, two)}
    assert len(keys) == 2


@pytest.mark.parametrize(("kind", "length"), [("password", 40), ("django-key", 64)])
def test_makes_passwords_of_letters_and_digits_only(kind: str, length: int) -> None:
    assert re.fullmatch(rf"[A-Za-z0-9]{{{length}}}", material.derive(kind, SEED, "django-secret-key", 1))


def test_favours_no_character_of_a_password() -> None:
    text = "".join(material.derive_password(SEED, secret="db", generation=g) for g in range(1, 1501))
    counts = Counter(text)
    assert len(counts) == 62
    expected = len(text) / 62
    # 61 degrees of freedom: 120 is beyond one in 10,000; a plain modulo of 256 gives over 600.
    assert sum((seen - expected) ** 2 / expected for seen in counts.values()) < 120


@pytest.mark.parametrize("kind", ["aes-256-key", "hmac-key", "jwt-hs256-key"])
def test_makes_a_ring_key_for_every_key_kind(kind: str) -> None:
    assert material.derive(kind, SEED, "k", 1) == material.derive_key(SEED, secret="k", generation=1)


@pytest.mark.parametrize("kind", ["external", "ssh-private-key", "postgres-url", "redis-url", ""])
def test_generates_nothing_of_another_kind(kind: str) -> None:
    with pytest.raises(ValueError, match="not generated"):
        material.derive(kind, SEED, "k", 1)


@pytest.mark.parametrize("seed", ["", "x" * 63, "x" * 65, "x" * 63 + "!", "x" * 63 + "\n", "ä" * 64])
def test_refuses_a_seed_that_is_not_a_random_password(seed: str) -> None:
    with pytest.raises(ValueError, match="seed is not 64") as caught:
        material.derive_key(seed, secret="k", generation=1)
    assert not seed or seed not in str(caught.value)


@pytest.mark.parametrize(("name", "generation"), [("k", 0), ("k", -1), ("", 1)])
def test_refuses_a_nameless_secret_and_a_generation_below_one(name: str, generation: int) -> None:
    with pytest.raises(ValueError, match=r"generation must be|named secret"):
        material.derive_key(SEED, secret=name, generation=generation)


BAD_KEYS = {
    "0 bytes": "",
    "16 bytes": base64.b64encode(bytes(range(16))).decode(),
    "31 bytes": base64.b64encode(bytes(range(31))).decode(),
    "33 bytes": base64.b64encode(bytes(range(33))).decode(),
    "64 hex": bytes(range(32)).hex(),
    "url-safe": base64.urlsafe_b64encode(b"\xfb\xff" * 16).decode(),
    "unpadded": KEY.rstrip("="),
    "newline": KEY + "\n",
    "inner newline": KEY[:20] + "\n" + KEY[20:],
    "loose last bits": base64.b64encode(bytes(range(32))).decode()[:-2] + "9=",
    "not ascii": "ä" * 44,
    "all equal": base64.b64encode(b"\x07" * 32).decode(),
    "development key": DEVELOPMENT_KEY,
}


@pytest.mark.attack(16)
@pytest.mark.parametrize("text", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_refuses_a_malformed_key_without_quoting_it(text: str) -> None:
    with pytest.raises(ValueError, match="key: ") as caught:
        material.key_bytes(text)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert len(text) < 5 or text.strip() not in repr(caught.value)


def test_fingerprints_a_key_by_twelve_base32_characters() -> None:
    assert re.fullmatch(r"[A-Z2-7]{12}", material.kid(KEY))
    assert material.kid(KEY) != material.kid(NEXT)
