"""Formats and parses stored values: ``ENC:``, the application's format, and ``ENC2:``, bound to its cell."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import pybase64

from encryption_keys.material import KID_CHARS

Format = Literal["ENC", "ENC2"]
Reason = Literal["plain", "malformed", "unknown-kid", "bad-tag"]

LEGACY: Final = "ENC:"
ENVELOPE: Final = "ENC2:"
KID: Final = re.compile(rf"[A-Z2-7]{{{KID_CHARS}}}")
BODY: Final = len(ENVELOPE) + KID_CHARS
"""The index of the colon after the kid of an ``ENC2:`` value."""
_IV_BYTES, _NONCE_BYTES, _TAG_BYTES = 16, 12, 16
_BODY_BYTES: Final = _IV_BYTES + _TAG_BYTES
"""The index of the ciphertext in the bytes of an ``ENC:`` value."""

_encode = pybase64.b64encode_as_string


class Unreadable(ValueError):
    """A stored value that the keyring does not decrypt; ``reason`` is the cause in one word."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason


class Cell(NamedTuple):
    """The table, column and row of a value; an ``ENC2:`` ciphertext is valid only for its cell."""

    table: str
    column: str
    owner: str


def nonces(form: Format, count: int) -> list[bytes]:
    """Draw several random nonces at once, because parallel workers block each other on each draw."""
    size = _NONCE_BYTES if form == "ENC2" else _IV_BYTES
    drawn = os.urandom(size * count)
    return [drawn[start : start + size] for start in range(0, len(drawn), size)]


def spelled(form: Format, kid: str, nonce: bytes, sealed: bytes) -> str:
    """Format a stored value; ``sealed`` is the ciphertext followed by its tag."""
    if form == "ENC2":
        return f"{ENVELOPE}{kid}:{_encode(nonce + sealed)}"
    return LEGACY + _encode(nonce + sealed[-_TAG_BYTES:] + sealed[:-_TAG_BYTES])


def bound_to(kid: str, cell: Cell) -> bytes:
    """The associated data of an ``ENC2:`` value: its format, key and cell."""
    table, column, owner = cell
    return _measured_start(kid, table, column) + _measured(owner)


@lru_cache(maxsize=64)
def _measured_start(kid: str, table: str, column: str) -> bytes:
    return b"".join(map(_measured, ("ENC2", kid, table, column)))


def _measured(part: str) -> bytes:
    # Each part follows its length, so that no two lists of parts have the same bytes.
    raw = part.encode()
    return len(raw).to_bytes(4, "big") + raw


def parts(value: str, form: Format) -> tuple[bytes, bytes]:
    """Parse a stored value into its nonce, and its ciphertext followed by the tag."""
    if form == "ENC2":
        raw = _decode(value[BODY + 1 :], _NONCE_BYTES + _TAG_BYTES)
        return raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    raw = _decode(value[len(LEGACY) :], _BODY_BYTES)
    return raw[:_IV_BYTES], raw[_BODY_BYTES:] + raw[_IV_BYTES:_BODY_BYTES]


def _decode(text: str, shortest: int) -> bytes:
    """Decode base64 text; raises an error for a text that is not canonical."""
    try:
        raw = pybase64.b64decode(text, None, True)
    except ValueError:  # also of binascii, and for what is not ASCII
        raw = None
    # Validation ignores the unused bits of a padded last group; only that group needs the round trip.
    if raw is None or (text[-1:] == "=" and _encode(raw[-(len(raw) % 3) :]) != text[-4:]):
        raise Unreadable("malformed", "the value is not canonical base64")
    if len(raw) < shortest:
        raise Unreadable("malformed", f"the value is {len(raw)} bytes, at least {shortest} expected")
    return raw
