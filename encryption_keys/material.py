"""Derives key material from a seed with HKDF, checks it, and fingerprints it; no message contains it."""

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
"""The kinds of secret that may have a keyring, with the name of each in the keyring's document."""

# Characters that need no quoting in a URL, a shell, dotenv, compose and `docker --env-file`.
_ALPHABET: Final = string.ascii_letters + string.digits
_SEED: Final = re.compile(rf"[A-Za-z0-9]{{{SEED_CHARS}}}")
_UNBIASED: Final = 256 - 256 % len(_ALPHABET)
_KID_LABEL: Final = b"strongroom-kid-v1"
_FINGERPRINT_LABEL: Final = b"strongroom-fingerprint-v1"
# The fallback outside production in aiponge's public source code, so not a secret.
_PUBLISHED_KEY: Final = b"development-key-do-not-use-in-prod"[:KEY_BYTES]


def derive(kind: str, seed: str, secret: str, generation: int) -> str:
    """Derive the value of one generation of a generated secret of this kind."""
    if kind in RING_KINDS:
        return derive_key(seed, secret=secret, generation=generation)
    if kind == "password":
        return derive_password(seed, secret=secret, generation=generation)
    if kind == "django-key":
        return derive_password(seed, secret=secret, generation=generation, length=DJANGO_KEY_CHARS)
    raise ValueError(f"{secret}: a secret of kind {kind!r} is not generated")


def derive_key(seed: str, *, secret: str, generation: int) -> str:
    """Derive 32 bytes as base64; a key reveals neither its seed nor another generation."""
    return base64.b64encode(_expand(seed, "key", secret, generation, KEY_BYTES)).decode("ascii")


def derive_password(seed: str, *, secret: str, generation: int, length: int = PASSWORD_CHARS) -> str:
    """Derive characters of ``[A-Za-z0-9]``, each with equal probability."""
    # Bytes past the last whole multiple of 62 would favour the first letters, so they are skipped; eight
    # bytes a character leave no practical chance of running out (3 % are skipped).
    stream = _expand(seed, "password", secret, generation, 8 * length)
    letters = [_ALPHABET[byte % len(_ALPHABET)] for byte in stream if byte < _UNBIASED]
    return "".join(letters[:length])


def key_bytes(text: str, *, what: str = "key") -> bytes:
    """Decode a key of 32 bytes; raises ValueError for any text that is not exactly one valid key."""
    raw = None
    # isascii() first: a UnicodeEncodeError would contain the whole text.
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
    """The kid of a key: a fingerprint that reveals nothing of it."""
    return _short_mac(key_bytes(key_text), _KID_LABEL)


def fingerprint(text: str) -> str:
    """A fingerprint that distinguishes values, and reveals nothing of one that cannot be guessed."""
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
    # A JSON list, so that no two pairs of secret name and generation have the same text.
    info = json.dumps(["strongroom-derive-v1", purpose, secret, generation]).encode("ascii")
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(seed.encode("ascii"))
