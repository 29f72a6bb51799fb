"""Derives key material from a seed, one way, checks it, and fingerprints it; no message ever quotes it."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import json
import re
import string
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
SEED_CHARS: Final = 64
PASSWORD_CHARS: Final = 40
DJANGO_KEY_CHARS: Final = 64
KID_CHARS: Final = 12
RING_KINDS: Final = {
    "aes-256-key": "aes-256-gcm",
    "hmac-key": "hmac-sha256",
    "jwt-hs256-key": "jwt-hs256",
}
"""The kinds of secret that may have a ring, with the name each has inside the ring's document."""

# The one alphabet that survives a URL, a shell, dotenv, compose and `docker --env-file` unquoted.
_ALPHABET: Final = string.ascii_letters + string.digits
_SEED: Final = re.compile(rf"[A-Za-z0-9]{{{SEED_CHARS}}}")
_UNBIASED: Final = 256 - 256 % len(_ALPHABET)
_KID_LABEL: Final = b"strongroom-kid-v1"
_FINGERPRINT_LABEL: Final = b"strongroom-fingerprint-v1"
# Published in aiponge's own source as the fall-back outside production: a key that everybody has.
_PUBLISHED_KEY: Final = b"development-key-do-not-use-in-prod"[:KEY_BYTES]


def derive(kind: str, seed: str, secret: str, generation: int) -> str:
    """The value of one generation of a generated secret of this kind."""
    if kind in RING_KINDS:
        return derive_key(seed, secret=secret, generation=generation)
    if kind == "password":
        return derive_password(seed, secret=secret, generation=generation)
    if kind == "django-key":
        return derive_password(seed, secret=secret, generation=generation, length=DJANGO_KEY_CHARS)
    raise ValueError(f"{secret}: a secret of kind {kind!r} is not generated")


def derive_key(seed: str, *, secret: str, generation: int) -> str:
    """32 bytes as canonical base64: nobody gets back from a key to its seed, nor to another generation."""
    return base64.b64encode(_expand(seed, "key", secret, generation, KEY_BYTES)).decode("ascii")


def derive_password(seed: str, *, secret: str, generation: int, length: int = PASSWORD_CHARS) -> str:
    """Characters of ``[A-Za-z0-9]``, each equally likely."""
    # Bytes past the last whole multiple of 62 would favour the first letters, so they are skipped; eight
    # bytes a character leave no practical chance of running out (3 % are skipped).
    stream = _expand(seed, "password", secret, generation, 8 * length)
    letters = [_ALPHABET[byte % len(_ALPHABET)] for byte in stream if byte < _UNBIASED]
    return "".join(letters[:length])


def key_bytes(text: str, *, what: str = "key") -> bytes:
    """The 32 bytes that ``text`` stands for; a text that is not exactly one good key is refused."""
    raw = None
    # isascii() first: a UnicodeEncodeError would carry the whole text with it.
    if text.isascii():
        with contextlib.suppress(binascii.Error):
            raw = binascii.a2b_base64(text, strict_mode=True)
    if raw is None:
        raise ValueError(f"{what}: not standard base64 ({len(text)} characters)")
    if len(raw) != KEY_BYTES:
        raise ValueError(f"{what}: {len(raw)} bytes, exactly {KEY_BYTES} expected")
    if base64.b64encode(raw).decode("ascii") != text:
        raise ValueError(f"{what}: base64 is not in its canonical form")
    if len(set(raw)) == 1:
        raise ValueError(f"{what}: all bytes are equal")
    if hmac.compare_digest(raw, _PUBLISHED_KEY):
        raise ValueError(f"{what}: this is the application's published development key")
    return raw


def kid(key_text: str) -> str:
    """The fingerprint that names a key and gives nothing of it away."""
    return _short_mac(key_bytes(key_text), _KID_LABEL)


def fingerprint(text: str) -> str:
    """What tells two values apart and gives away nothing of one that cannot be guessed."""
    return _short_mac(text.encode(), _FINGERPRINT_LABEL)


def _short_mac(key: bytes, label: bytes) -> str:
    return base64.b32encode(hmac.digest(key, label, "sha256"))[:KID_CHARS].decode("ascii")


def _expand(seed: str, purpose: str, secret: str, generation: int, length: int) -> bytes:
    if not _SEED.fullmatch(seed):
        raise ValueError(f"{secret}: the seed is not {SEED_CHARS} characters of [A-Za-z0-9]")
    if not secret:
        raise ValueError("a key is derived for a named secret")
    if generation < 1:
        raise ValueError(f"{secret}: generation must be 1 or more, not {generation}")
    # A JSON list, so that no secret name and generation can be read as another pair.
    info = json.dumps(["strongroom-derive-v1", purpose, secret, generation]).encode("ascii")
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(seed.encode("ascii"))
